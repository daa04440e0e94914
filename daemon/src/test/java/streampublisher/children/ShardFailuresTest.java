package streampublisher.children;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import streampublisher.telemetry.Metrics;
import streampublisher.telemetry.Standstills;
import streampublisher.testing.Eventually;
import streampublisher.testing.LoggedEvents;

/** What a failure means for its shard, and when it ends the worker. */
@Timeout(30)
class ShardFailuresTest {

    private static final String SHARD = "shardId-1";
    private static final String OTHER = "shardId-2";
    private static final int STATUS = 1;
    private static final int NO_LIMIT = 0;
    private static final Metrics METRICS = new Metrics(60_000, "orders-publisher", "orders", () -> 1_700_000_000_000L);

    private final List<String> givenUp = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private final AtomicInteger halts = new AtomicInteger();
    private final Standstills standstills = new Standstills(() -> 0);
    private LoggedEvents logged;

    @BeforeEach
    void listen() {
        logged = new LoggedEvents();
    }

    @AfterEach
    void stopListening() {
        logged.close();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "2, 2", "3, 4", "4, 8", "5, 16", "6, 32", "7, 60", "8, 60", "64, 60", "65, 60", "2147483647, 60"})
    void theWaitDoublesUpToAMinute(int failures, long seconds) {
        assertEquals(Duration.ofSeconds(seconds), ShardFailures.waitAfter(failures));
    }

    @Test
    void aFailureGivesUpTheLeaseAndIsLogged() {
        failures(NO_LIMIT).failed(SHARD, "7", 7);

        assertEquals(List.of(SHARD), givenUp);
        assertEquals(List.of("child_failed"), logged.names());
        assertEquals(List.of(SHARD), logged.shards());
        assertEquals(
                "The record processor of shardId-1 failed with status 7, 1 in a row; its lease is given up, and the"
                        + " next try waits 1 s",
                logged.messages().get(0));
        assertWorkerGoesOn();
    }

    @Test
    void aFailureIsCountedInItsLine() {
        failures(NO_LIMIT).failed(SHARD, "7", 7);

        assertEquals(1, logged.fields(0).get("ShardRestarts"));
    }

    @Test
    void eachShardHasACountOfItsOwn() {
        var failures = failures(NO_LIMIT);

        fail(failures, SHARD, 2);
        fail(failures, OTHER, 1);

        assertEquals(List.of(SHARD, SHARD, OTHER), givenUp);
        assertLogged(1, "2 in a row", "waits 2 s");
        assertLogged(2, "1 in a row", "waits 1 s");
    }

    @Test
    void theLimitEndsTheWorkerOnce() {
        var failures = failures(3);

        fail(failures, SHARD, 2);
        assertWorkerGoesOn();

        fail(failures, SHARD, 3);
        assertEquals(List.of("shardId-1 failed 3 times in a row"), ends);
        assertEquals(5, givenUp.size());
    }

    @Test
    void severalShardsBelowTheLimitDoNotEndTheWorker() {
        var failures = failures(3);

        fail(failures, SHARD, 2);
        fail(failures, OTHER, 2);

        assertWorkerGoesOn();
    }

    @Test
    void withoutALimitTheWorkerGoesOn() {
        fail(failures(NO_LIMIT), SHARD, 100);

        assertEquals(100, givenUp.size());
        assertWorkerGoesOn();
    }

    @Test
    void aShardThatHasRecoveredBeginsAnew() {
        var failures = failures(2);

        fail(failures, SHARD, 1);
        failures.recovered(SHARD);
        fail(failures, SHARD, 1);

        assertLogged(1, "1 in a row", "waits 1 s");
        assertWorkerGoesOn();
    }

    @Test
    void aShardThatHasRecoveredChangesNoOther() {
        var failures = failures(2);

        fail(failures, SHARD, 1);
        failures.recovered(OTHER);
        fail(failures, SHARD, 1);

        assertEquals(1, ends.size());
    }

    @Test
    void aRecordProcessorCanAskForTheWorkersEnd() {
        failures(NO_LIMIT).failed(SHARD, "7", ShardFailures.END_WORKER);

        assertEquals(List.of("a record processor asks for the worker's end"), ends);
        assertEquals(List.of(SHARD), givenUp);
    }

    @Test
    void aWorkerThatIsAskedToEndAtItsLimitEndsOnce() {
        failures(1).failed(SHARD, "7", ShardFailures.END_WORKER);

        assertEquals(1, ends.size());
    }

    @Test
    void aWorkerThatStopsAlreadyIsNotEndedOnceMore() {
        var failures = failures(1);
        failures.stop();

        failures.failed(SHARD, "7", ShardFailures.END_WORKER);

        assertEquals(List.of(SHARD), givenUp);
        assertEquals(List.of(), ends);
    }

    @Test
    void aLeaseThatCannotBeGivenUpHaltsAndIsLogged() {
        var failures = new ShardFailures(1, ShardFailuresTest::refuse, ends::add, halts::incrementAndGet, METRICS, standstills);

        failures.failed(SHARD, "7", ShardFailures.END_WORKER);

        assertEquals(1, halts.get());
        assertEquals(List.of(), ends);
        assertEquals(List.of("child_failed", "daemon_failed"), logged.names());
        assertEquals(List.of(SHARD, SHARD), logged.shards());
    }

    @Test
    void aWorkerThatCannotBeEndedIsHalted() {
        var failures = new ShardFailures(1, givenUp::add, ShardFailuresTest::refuse, halts::incrementAndGet, METRICS, standstills);

        failures.failed(SHARD, "7", STATUS);

        assertEquals(1, halts.get());
    }

    @Test
    void onlyTheShardThatFailedWaitsForItsTurn() throws Exception {
        var failures = failures(NO_LIMIT);
        // This wait is a minute, longer than the test may run.
        fail(failures, SHARD, 7);
        fail(failures, OTHER, 7);
        failures.recovered(OTHER);
        var turn = awaitedTurn(failures);

        assertTrue(failures.awaitTurn(OTHER));
        assertTrue(failures.awaitTurn("shardId-3"));
        assertFalse(turn.isDone());

        failures.stop();
        assertFalse(turn.get());
    }

    @Test
    void aShardHasItsTurnOnceItsWaitIsOver() {
        var failures = failures(NO_LIMIT);
        fail(failures, SHARD, 1);

        var begun = System.nanoTime();
        assertTrue(failures.awaitTurn(SHARD));
        assertTrue(System.nanoTime() - begun >= Duration.ofSeconds(1).toNanos());
    }

    @Test
    void aStopEndsAWaitAtOnce() throws Exception {
        var failures = failures(NO_LIMIT);
        fail(failures, SHARD, 7);
        var turn = awaitedTurn(failures);

        failures.stop();

        assertFalse(turn.get());
    }

    @Test
    void afterAStopNoShardHasATurn() {
        var failures = failures(NO_LIMIT);
        fail(failures, SHARD, 7);

        failures.stop();

        assertFalse(failures.awaitTurn(SHARD));
        assertFalse(failures.awaitTurn(OTHER));
    }

    @Test
    void anInterruptedThreadHasNoTurnAndStaysInterrupted() {
        var failures = failures(NO_LIMIT);
        fail(failures, SHARD, 7);

        Thread.currentThread().interrupt();

        assertFalse(failures.awaitTurn(SHARD));
        assertTrue(Thread.interrupted());
    }

    /** Starts a thread that awaits SHARD's turn, and returns its result once it waits. */
    private static FutureTask<Boolean> awaitedTurn(ShardFailures failures) {
        var turn = new FutureTask<>(() -> failures.awaitTurn(SHARD));
        var waiting = new Thread(turn);
        waiting.start();
        Eventually.holds(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        return turn;
    }

    private ShardFailures failures(int limit) {
        return new ShardFailures(limit, givenUp::add, ends::add, halts::incrementAndGet, METRICS, standstills);
    }

    private static void fail(ShardFailures failures, String shardId, int times) {
        for (var time = 0; time < times; time++) {
            failures.failed(shardId, "7", STATUS);
        }
    }

    private static void refuse(String ignored) {
        throw new IllegalStateException("no");
    }

    private void assertLogged(int index, String... parts) {
        for (var part : parts) {
            assertTrue(logged.messages().get(index).contains(part), logged.messages().get(index));
        }
    }

    private void assertWorkerGoesOn() {
        assertEquals(List.of(), ends);
        assertEquals(0, halts.get());
    }
}
