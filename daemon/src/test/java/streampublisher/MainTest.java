package streampublisher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The log and the exit status of a daemon that can't start, fails or is stopped. */
class MainTest {

    private static final String NOWHERE = "http://127.0.0.1:1";
    private static final int PATIENCE_MILLIS = 120_000;

    private final Properties properties = new Properties();

    @TempDir
    private Path folder;

    @BeforeEach
    void fillIn() {
        properties.setProperty("applicationName", "orders-publisher");
        properties.setProperty(
                "streamName", "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2024-01-31T12:30:00.123");
        properties.setProperty("AwsCredentialsProvider", "DefaultCredentialsProvider");
        properties.setProperty("executableName", "cat");
        properties.setProperty("shutdownGraceMillis", "60000");
        properties.setProperty("shardFailuresBeforeExit", "10");
        properties.setProperty("childTimeoutMillis", "300000");
        properties.setProperty("onTrimmedData", "continue");
        properties.setProperty("metricsIntervalMillis", "0");
        properties.setProperty("healthPort", "0");
        properties.setProperty("healthStuckAfterMillis", "300000");
    }

    @Test
    void withoutArgumentsItAsksForAPropertiesFile() throws Exception {
        assertRefused(run(NOWHERE), "Properties file missing");
    }

    @Test
    void aMissingFileIsNamed() throws Exception {
        var missing = folder.resolve("missing.properties").toString();

        assertRefused(run(NOWHERE, missing), missing);
    }

    @Test
    void whatIsNoArnOfAStreamIsNamed() throws Exception {
        properties.setProperty("streamName", "orders");

        assertRefused(run(NOWHERE, file()), "streamName = 'orders'");
    }

    @Test
    void aMissingApplicationNameIsNamed() throws Exception {
        properties.remove("applicationName");

        assertRefused(run(NOWHERE, file()), "Application name");
    }

    @Test
    void aMissingProgramIsNamed() throws Exception {
        properties.remove("executableName");

        assertRefused(run(NOWHERE, file()), "executableName");
    }

    @Test
    void aMissingKeyOfTheDaemonsOwnIsNamed() throws Exception {
        properties.remove("childTimeoutMillis");

        assertRefused(run(NOWHERE, file()), "childTimeoutMillis is missing");
    }

    @Test
    void aHealthHostThatIsNotHereIsNamed() throws Exception {
        properties.setProperty("healthPort", "8081");
        properties.setProperty("healthHost", "no.such.host.invalid");

        assertRefused(run(NOWHERE, file()), "healthPort = 8081 on healthHost = no.such.host.invalid");
    }

    @Test
    void aGraceThatIsNoNumberIsNamed() throws Exception {
        properties.setProperty("shutdownGraceMillis", "soon");

        assertRefused(run(NOWHERE, file()), "shutdownGraceMillis = 'soon'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shardFailuresBeforeExit", "childTimeoutMillis", "onTrimmedData"})
    void aValueThatOnlyAShardWouldMeetIsNamedAtTheStart(String key) throws Exception {
        properties.setProperty(key, "never");

        assertRefused(run(NOWHERE, file()), key + " = 'never'");
    }

    @Test
    void aFailureAfterTheStartEndsWith1AndItsTraceOnOneLine() throws Exception {
        var aws = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        aws.createContext("/", MainTest::deny);
        aws.start();
        try {
            var end = run("http://127.0.0.1:" + aws.getAddress().getPort(), file());

            assertEquals(ExitStatus.FAILED, end.status());
            assertEquals(List.of("daemon_starting", "daemon_failed"), end.events());
            assertTrue(end.last().get("exception").textValue().contains("\n\tat "));
        } finally {
            aws.stop(0);
        }
    }

    @Test
    void sigtermBeforeReadingBeganEndsWith0() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
                var daemon = new DaemonJvm(folder, "http://127.0.0.1:" + silent.getLocalPort(), file())) {
            silent.setSoTimeout(PATIENCE_MILLIS);
            // The daemon asks for its lease table, and gets no answer.
            try (var asked = silent.accept()) {
                daemon.terminate();

                var end = daemon.end();

                assertEquals(ExitStatus.OK, end.status());
                assertEquals(List.of("daemon_starting", "daemon_stopping", "daemon_stopped"), end.events());
            }
        }
    }

    private static void deny(HttpExchange exchange) throws IOException {
        var body = "{\"__type\": \"com.amazon.coral.service#AccessDeniedException\", \"message\": \"not you\"}"
                .getBytes(StandardCharsets.UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
        exchange.sendResponseHeaders(400, body.length);
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static void assertRefused(DaemonJvm.End end, String named) {
        assertEquals(1, end.log().size(), () -> end.log().toString());
        var line = end.log().get(0);
        assertEquals(ExitStatus.CONFIGURATION, end.status());
        assertEquals("", end.out());
        assertEquals("ERROR", line.get("level").textValue());
        assertEquals("daemon_failed", line.get("event").textValue());
        assertTrue(line.get("message").textValue().contains(named), line::toString);
        assertFalse(line.has("exception"), "no stack trace");
    }

    private DaemonJvm.End run(String endpoint, String... arguments) throws Exception {
        try (var daemon = new DaemonJvm(folder, endpoint, arguments)) {
            return daemon.end();
        }
    }

    private String file() throws IOException {
        var file = folder.resolve("daemon.properties");
        try (var writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        return file.toString();
    }
}
