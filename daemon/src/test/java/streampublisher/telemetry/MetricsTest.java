package streampublisher.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import streampublisher.testing.Eventually;
import streampublisher.testing.LoggedEvents;

/** The daemon's own metrics. */
@Timeout(30)
class MetricsTest {

    private static final long NOW = 1_700_000_000_000L;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private LoggedEvents logged;

    @BeforeEach
    void listen() {
        logged = new LoggedEvents("stream-publisher.metrics");
    }

    @AfterEach
    void stopListening() throws InterruptedException {
        timer.shutdownNow();
        timer.awaitTermination(10, TimeUnit.SECONDS);
        logged.close();
    }

    @Test
    void aMetricIsADocumentOfTheEmbeddedFormat() {
        Events.metrics("Counted", metrics(60_000).trimmedGap());

        assertEquals(
                Map.of(
                        "_aws",
                        Map.of(
                                "Timestamp", NOW,
                                "CloudWatchMetrics",
                                List.of(Map.of(
                                        "Namespace", "StreamPublisher",
                                        "Dimensions", List.of(List.of("ApplicationName", "TableName")),
                                        "Metrics", List.of(Map.of("Name", "TrimmedGaps", "Unit", "Count"))))),
                        "ApplicationName", "orders-publisher",
                        "TableName", "orders",
                        "TrimmedGaps", 1),
                logged.fields(0));
        assertEquals(List.of("metrics"), logged.names());
    }

    @Test
    void aWorkerTellsThatItIsHereAgainAndAgain() throws Exception {
        metrics(1).beat(timer, () -> 0);

        Eventually.holds(() -> logged.names().size() >= 3);
        assertEquals(1, logged.fields(0).get("Workers"));
        assertFalse(logged.fields(1).containsKey("StoppedShards"));
    }

    @Test
    void shardsThatStandStillAreCountedBesideTheWorker() throws Exception {
        metrics(60_000).beat(timer, () -> 3);

        Eventually.holds(() -> logged.names().size() == 2);
        assertEquals(3, logged.fields(1).get("StoppedShards"));
    }

    @Test
    void withoutAnIntervalThereAreNone() {
        metrics(0).beat(timer, () -> 1);
        Events.metrics("Counted", metrics(0).shardRestart());

        assertEquals(Map.of(), logged.fields(0));
        assertEquals(List.of("Counted"), logged.messages());
    }

    private static Metrics metrics(long intervalMillis) {
        return new Metrics(intervalMillis, "orders-publisher", "orders", () -> NOW);
    }
}
