package streampublisher.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The health endpoint, over a real socket. */
class HealthServerTest {

    private static final long STUCK_AFTER = 5_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long HOURS = 10_000_000;
    private static final String HALF = "GET /health HTTP/1.1\r\nHost: ";

    private final AtomicLong clock = new AtomicLong();
    private final Health health = new Health(clock::get, STUCK_AFTER, false);
    private final HttpClient client = HttpClient.newHttpClient();
    private HealthServer server;

    @BeforeEach
    void start() throws Exception {
        server = new HealthServer(health, "127.0.0.1", 0, HOURS);
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    @Test
    void healthyIs200WithTheShards() throws Exception {
        health.began("shardId-1");
        clock.addAndGet(2_000);

        var answer = get("/health");

        assertEquals(200, answer.statusCode());
        assertEquals(json("""
                {"healthy": true, "shards": {"shardId-1": {"state": "processing", "seconds": 2}}, "problem": null}
                """), json(answer.body()));
    }

    @Test
    void unhealthyIs503WithTheProblem() throws Exception {
        health.began("shardId-1");
        clock.addAndGet(STUCK_AFTER + 1_000);

        var answer = get("/health");
        var report = json(answer.body());

        assertEquals(503, answer.statusCode());
        assertEquals(json("false"), report.get("healthy"));
        assertTrue(report.get("problem").textValue().startsWith("shardId-1: "), answer.body());
    }

    @Test
    void theAnswerSaysThatItIsJson() throws Exception {
        assertEquals(
                "application/json",
                get("/health").headers().firstValue("Content-Type").orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/health/", "/healthy", "/health/shards", "/%68ealth", "//health"})
    void otherPathsAreUnknown(String path) throws Exception {
        assertEquals(404, get(path).statusCode());
    }

    @Test
    void nothingButAskingIsAllowed() throws Exception {
        assertEquals(405, asked("POST /health HTTP/1.1\r\nContent-Length: 0\r\n\r\n"));
    }

    @Test
    void whatIsNoRequestIsRefused() throws Exception {
        assertEquals(400, asked("\u0016\u0003 no HTTP\r\n\r\n"));
    }

    @Test
    void oneWhoHasSentHalfARequestKeepsNobodyWaiting() throws Exception {
        try (var silent = open(HALF)) {
            assertEquals(200, get("/health").statusCode());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", HALF})
    void manySilentOnesKeepNobodyWaitingAndTheOldestAreClosed(String begun) throws Exception {
        var silent = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 3 * HealthServer.CONNECTIONS; i++) {
                silent.add(open(begun));
            }

            assertEquals(200, get("/health").statusCode());
            for (var old : silent.subList(0, 2 * HealthServer.CONNECTIONS)) {
                assertTrue(isClosed(old));
            }
        } finally {
            for (var socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void halfARequestIsNotWaitedForLong() throws Exception {
        var impatient = new HealthServer(health, "127.0.0.1", 0, 50);
        try (var silent = new Socket("127.0.0.1", impatient.port())) {
            silent.getOutputStream().write(HALF.getBytes(StandardCharsets.US_ASCII));

            assertTrue(isClosed(silent));
        } finally {
            impatient.stop();
        }
    }

    @Test
    void theServerDoesNotKeepTheJvmAlive() {
        var threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("health-"))
                .toList();

        assertTrue(threads.size() > 0);
        assertTrue(threads.stream().allMatch(Thread::isDaemon));
    }

    @Test
    void aStoppedServerDoesNotAnswer() {
        server.stop();

        assertThrows(IOException.class, () -> get("/health"));
    }

    @Test
    void aPortThatIsTakenIsAnError() {
        assertThrows(IOException.class, () -> new HealthServer(health, "127.0.0.1", server.port(), HOURS));
    }

    private Socket open(String begun) throws IOException {
        var socket = new Socket("127.0.0.1", server.port());
        socket.getOutputStream().write(begun.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    /** The status that a request gets. */
    private int asked(String request) throws IOException {
        try (var socket = open(request)) {
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return Integer.parseInt(answer.split(" ")[1]);
        }
    }

    /** Waits until the server closes the connection without an answer. */
    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == -1;
        } catch (SocketException reset) {
            return true;
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        var address = URI.create("http://127.0.0.1:" + server.port() + path);
        return client.send(HttpRequest.newBuilder(address).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }
}
