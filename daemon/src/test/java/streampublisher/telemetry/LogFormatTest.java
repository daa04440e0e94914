package streampublisher.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The form of a log line. */
class LogFormatTest {

    private static final Instant WHEN = Instant.parse("2024-01-31T23:04:05.006Z");

    private static final Metrics METRICS = new Metrics(60_000, "orders-publisher", "orders", () -> 0);

    private final LoggerContext context = new LoggerContext();
    private TimeZone zone;

    @BeforeEach
    void liveElsewhere() {
        zone = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
    }

    @AfterEach
    void comeBack() {
        TimeZone.setDefault(zone);
        context.stop();
    }

    @Test
    void anEventHasItsFieldsAndNoMore() throws Exception {
        configure("json");

        assertEquals(
                Map.of(
                        "timestamp", "2024-01-31T23:04:05.006Z",
                        "level", "WARN",
                        "event", "shard_started",
                        "message", "Started 1 of 2",
                        "logger", "stream-publisher.daemon"),
                fields(event(null, Map.of("event", "shard_started"))));
    }

    @Test
    void theWorkerAndTheShardAreAddedWhenKnown() throws Exception {
        configure("json");
        context.putProperty("workerId", "host-1");

        var fields = fields(event(null, Map.of("event", "shard_started", "shardId", "shardId-1")));

        assertEquals("host-1", fields.get("workerId"));
        assertEquals("shardId-1", fields.get("shardId"));
    }

    @Test
    void anEventWithoutANameIsCalledDaemon() throws Exception {
        configure("json");

        assertEquals("daemon", fields(event(null, Map.of())).get("event"));
    }

    @Test
    void aStackTraceStaysInItsLine() throws Exception {
        configure("json");
        var error = new IllegalStateException("first\nsecond", new RuntimeException("the \"cause\""));

        var line = line(event(error, Map.of()));
        var trace = json(line).get("exception").textValue();

        assertEquals(1, line.lines().count());
        assertTrue(trace.contains("first\nsecond"), trace);
        assertTrue(trace.contains("the \"cause\""), trace);
        assertTrue(trace.contains("\n\tat "), trace);
    }

    @Test
    void theReadableFormHasTheTimeInUtcToo() throws Exception {
        configure("human");

        var line = line(event(null, Map.of("shardId", "shardId-1")));

        assertEquals("23:04:05.006Z WARN  Started 1 of 2  shardId-1 [daemon]\n", line);
    }

    @Test
    void metricsAreMembersOfALineInJsonAndAreLeftOutOfTheReadableForm() throws Exception {
        var counted = new LoggingEvent(
                getClass().getName(),
                context.getLogger("stream-publisher.daemon"),
                Level.ERROR,
                "{} failed",
                null,
                new Object[] {"shardId-1", METRICS.shardRestart()});
        counted.setInstant(WHEN);
        counted.setMDCPropertyMap(Map.of("event", "child_failed"));

        configure("json");
        var line = json(line(counted));
        assertEquals(1, line.get("ShardRestarts").intValue());
        assertEquals("orders", line.get("TableName").textValue());
        assertTrue(line.get("_aws").isObject());
        assertEquals("shardId-1 failed", line.get("message").textValue());

        context.reset();
        configure("human");
        assertEquals("23:04:05.006Z ERROR shardId-1 failed   [daemon]\n", line(counted));
    }

    @Test
    void aChildsLinesAreNotLoggedAgain() throws Exception {
        configure("json");

        assertEquals(Level.OFF, level("software.amazon.kinesis.multilang.DrainChildSTDERRTask"));
    }

    @Test
    void theLevelsOfKclAndOfTheDaemonAreSetApart() throws Exception {
        context.putProperty("PUBLISHER_LOG_LEVEL", "ERROR");
        context.putProperty("PUBLISHER_KCL_LOG_LEVEL", "DEBUG");
        configure("json");

        assertEquals(Level.ERROR, level("stream-publisher.daemon"));
        assertEquals(Level.INFO, level("stream-publisher.metrics"));
        assertEquals(Level.DEBUG, level("software.amazon.kinesis.coordinator.Scheduler"));
        assertEquals(Level.DEBUG, level("com.amazonaws.services.dynamodbv2.streamsadapter"));
        assertEquals(Level.WARN, level("io.netty"));
    }

    private void configure(String form) throws Exception {
        context.putProperty("PUBLISHER_LOG_FORMAT", form);
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Metrics.class.getResource("/streams-daemon-logback.xml"));
    }

    private Level level(String logger) {
        return context.getLogger(logger).getEffectiveLevel();
    }

    private LoggingEvent event(Throwable error, Map<String, String> mdc) {
        var event = new LoggingEvent(
                getClass().getName(),
                context.getLogger("stream-publisher.daemon"),
                Level.WARN,
                "Started {} of {}",
                error,
                new Object[] {1, 2});
        event.setInstant(WHEN);
        event.setMDCPropertyMap(mdc);
        return event;
    }

    /** The line that the appender would write. The test keeps it off the build's own stderr. */
    private String line(ILoggingEvent event) {
        var appender = (ConsoleAppender<ILoggingEvent>)
                context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("STDERR");
        assertEquals("System.err", appender.getTarget());
        return new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
    }

    private Map<String, String> fields(ILoggingEvent event) throws Exception {
        var fields = new TreeMap<String, String>();
        for (var field : List.copyOf(json(line(event)).properties())) {
            fields.put(field.getKey(), field.getValue().textValue());
        }
        return fields;
    }

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text);
    }
}
