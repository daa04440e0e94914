package streampublisher.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The health endpoint, over a real socket. */
class HealthServerTest {

    private static final long STUCK_AFTER = 5_000;

    private final AtomicLong clock = new AtomicLong();
    private final Health health = new Health(clock::get, STUCK_AFTER, false);
    private final HttpClient client = HttpClient.newHttpClient();
    private HealthServer server;

    @BeforeEach
    void start() throws Exception {
        server = new HealthServer(health, "127.0.0.1", 0);
        server.start();
        // It starts on its own thread. It may be stopped once it answers.
        get("/health");
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

    @Test
    void otherPathsAreUnknown() throws Exception {
        assertEquals(404, get("/").statusCode());
    }

    @Test
    void theServerDoesNotKeepTheJvmAlive() {
        var threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("HTTP-Dispatcher"))
                .toList();

        assertEquals(1, threads.size());
        assertTrue(threads.get(0).isDaemon());
    }

    @Test
    void aStoppedServerDoesNotAnswer() {
        server.stop();

        assertThrows(IOException.class, () -> get("/health"));
    }

    @Test
    void aPortThatIsTakenIsAnError() {
        assertThrows(IOException.class, () -> new HealthServer(health, "127.0.0.1", server.port()));
    }

    private HttpResponse<String> get(String path) throws Exception {
        var address = URI.create("http://127.0.0.1:" + server.port() + path);
        return client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }
}
