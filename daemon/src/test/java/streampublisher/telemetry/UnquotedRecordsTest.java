package streampublisher.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.FilterReply;
import com.amazonaws.services.dynamodbv2.streamsadapter.adapter.DynamoDBStreamsClientRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.StreamRecord;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;

/** What KCL quotes of records does not reach the log, in either form and at every level. */
class UnquotedRecordsTest {

    private static final String SECRET = "a customer's address";
    private static final String TASK = "software.amazon.kinesis.lifecycle.ProcessTask";
    private static final String WRITER = "software.amazon.kinesis.multilang.MessageWriter";
    private static final Record RECORD = Record.builder()
            .dynamodb(StreamRecord.builder()
                    .sequenceNumber("17")
                    .approximateCreationDateTime(Instant.EPOCH)
                    .newImage(Map.of("address", AttributeValue.fromS(SECRET)))
                    .build())
            .build();

    private final LoggerContext context = new LoggerContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "human"})
    void recordsThatKclSkipsAreCountedAndNotQuoted(String form) throws Exception {
        var records = List.of(DynamoDBStreamsClientRecord.fromRecord(RECORD));
        assertTrue(records.toString().contains(SECRET), "as KCL would log it");

        var line = written(
                form, event(TASK, "ShardId {}: Skipping over the following data records: {}", null, "s-1", records));

        assertFalse(line.contains(SECRET), line);
        assertTrue(line.contains("ShardId s-1: Skipping over the following data records: 1 records"), line);
    }

    @Test
    void aSingleRecordIsNotQuotedEither() throws Exception {
        var input = ProcessRecordsInput.builder()
                .records(List.of(DynamoDBStreamsClientRecord.fromRecord(RECORD)))
                .build();

        for (var quoted : List.of(RECORD, DynamoDBStreamsClientRecord.fromRecord(RECORD), input)) {
            assertFalse(written("json", event(TASK, "Got {}", null, quoted)).contains(SECRET));
        }
    }

    @Test
    void aMessageThatCanNotBeWrittenIsNotLogged() throws Exception {
        var text = "Cannot write message {\"record\": \"" + SECRET + "\"} because writer is closed for shard s-1";
        var error = new RuntimeException("outside", new IllegalStateException(text));

        assertEquals("", written("json", event(WRITER, text, null)));
        assertEquals("", written("json", event(WRITER, "Encountered an error", error)));
    }

    @Test
    void everythingElseIsLoggedAsItIs() throws Exception {
        var line = written("human", event(TASK, "{} of {}: {}", new RuntimeException("why"), 1, List.of("a"), List.of()));

        assertTrue(line.contains("1 of [a]: []"), line);
        assertTrue(line.contains("RuntimeException: why"), line);
        assertTrue(written("human", event(TASK, "no values", null)).contains("no values"));
    }

    private LoggingEvent event(String logger, String text, Throwable error, Object... values) {
        var event = new LoggingEvent(
                getClass().getName(),
                context.getLogger(logger),
                Level.ERROR,
                text,
                error,
                values.length == 0 ? null : values);
        event.setInstant(Instant.EPOCH);
        event.setMDCPropertyMap(Map.of());
        return event;
    }

    /** What the daemon's configuration writes of an event; nothing where it leaves it out. */
    private String written(String form, ILoggingEvent event) throws Exception {
        context.reset();
        context.putProperty("PUBLISHER_LOG_FORMAT", form);
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(UnquotedRecords.class.getResource("/streams-daemon-logback.xml"));
        var appender = (ConsoleAppender<ILoggingEvent>)
                context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("STDERR");
        return appender.getFilterChainDecision(event) == FilterReply.DENY
                ? ""
                : new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
    }
}
