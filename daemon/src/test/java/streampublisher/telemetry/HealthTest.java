package streampublisher.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a shard counts as standing still. */
class HealthTest {

    private static final long STUCK_AFTER = 5_000;
    private static final String SHARD = "shardId-1";

    // System.nanoTime may begin at any number, so this clock does not begin at 0.
    private final AtomicLong clock = new AtomicLong(-1_000_000);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noShardsAreHealthy(boolean quietShardsAreCalled) {
        var report = health(quietShardsAreCalled).report();

        assertTrue(report.healthy());
        assertNull(report.problem());
        assertEquals(Map.of(), report.shards());
    }

    @Test
    void aQuietShardThatIsCalledStaysHealthy() {
        var health = health(true);
        for (var call = 0; call < 10; call++) {
            answer(health, SHARD);
            clock.addAndGet(STUCK_AFTER);
        }

        assertTrue(health.report().healthy());
    }

    @Test
    void aShardThatIsNotCalledForTooLongIsNamedWithTheSeconds() {
        var health = health(true);
        answer(health, SHARD);
        clock.addAndGet(STUCK_AFTER + 2_999);

        var report = health.report();

        assertFalse(report.healthy());
        assertEquals("shardId-1: KCL has not called its record processor for 7 s", report.problem());
        assertEquals(Map.of(SHARD, new Health.ShardState("idle", 7)), report.shards());
    }

    @Test
    void aProblemThatIsReportedLastsForAMinute() {
        var health = health(true);
        health.problem(SHARD, "its records have expired");
        clock.addAndGet(Health.PROBLEM_MILLIS);
        answer(health, SHARD);

        assertEquals("shardId-1: its records have expired", health.report().problem());
        assertFalse(health.report().healthy());

        clock.addAndGet(1);

        assertTrue(health.report().healthy());
    }

    @Test
    void aShardThatStandsStillIsNamedAtOnce() {
        var standstills = new Standstills(clock::get);
        var health = new Health(clock::get, STUCK_AFTER, true, standstills);
        health.began(SHARD);
        standstills.told(SHARD, "6", "{\"reason\": \"is too large\", \"fix\": \"name a bucket\", \"sequenceNumber\": \"7\"}");
        standstills.failed(SHARD, "6", 1, 1, 1_000);

        var report = health.report();

        assertTrue(report.healthy());
        assertEquals(Map.of(SHARD, new Health.ShardState("stopped", 0)), report.shards());
        assertEquals(
                "shardId-1: stopped before 7: is too large; 1 failure; next try in 1 s; name a bucket",
                report.problem());
    }

    @Test
    void aShardThatStandsStillForTooLongMakesTheWorkerUnhealthy() {
        var standstills = new Standstills(clock::get);
        var health = new Health(clock::get, STUCK_AFTER, true, standstills);
        standstills.failed(SHARD, "6", 1, 1, 1_000);
        clock.addAndGet(STUCK_AFTER);
        assertTrue(health.report().healthy());
        clock.incrementAndGet();
        assertFalse(health.report().healthy());

        standstills.over(SHARD);

        assertTrue(health.report().healthy());
        assertNull(health.report().problem());
    }

    @Test
    void aShardThatIsNotCalledIsHealthyWhereQuietShardsAreNotCalled() {
        var health = health(false);
        answer(health, SHARD);
        clock.addAndGet(100 * STUCK_AFTER);

        var report = health.report();

        assertTrue(report.healthy());
        assertEquals(Map.of(SHARD, new Health.ShardState("idle", 500)), report.shards());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void processingForTooLongIsNamedWithTheShardAndTheSeconds(boolean quietShardsAreCalled) {
        var health = health(quietShardsAreCalled);
        health.began(SHARD);
        clock.addAndGet(STUCK_AFTER + 1_000);

        var report = health.report();

        assertFalse(report.healthy());
        assertEquals("shardId-1: its record processor has not answered for 6 s", report.problem());
        assertEquals(Map.of(SHARD, new Health.ShardState("processing", 6)), report.shards());
    }

    @Test
    void theLastMillisecondOfPatienceIsStillHealthy() {
        var health = health(true);
        health.began(SHARD);
        clock.addAndGet(STUCK_AFTER);
        assertTrue(health.report().healthy());

        clock.incrementAndGet();
        assertFalse(health.report().healthy());
    }

    @Test
    void aLateAnswerMakesTheShardHealthyAgain() {
        var health = health(true);
        health.began(SHARD);
        clock.addAndGet(STUCK_AFTER + 1);
        health.answered(SHARD);

        assertTrue(health.report().healthy());
    }

    @Test
    void aShardThatIsGoneIsForgotten() {
        var health = health(true);
        health.began(SHARD);
        health.gone(SHARD);
        clock.addAndGet(STUCK_AFTER + 1);

        assertTrue(health.report().healthy());
        assertEquals(Map.of(), health.report().shards());
    }

    @Test
    void oneShardThatStandsStillIsFoundAmongOthers() {
        var health = health(true);
        answer(health, "shardId-2");
        clock.addAndGet(STUCK_AFTER + 1);
        answer(health, "shardId-3");
        answer(health, "shardId-1");

        var report = health.report();

        assertFalse(report.healthy());
        assertTrue(report.problem().startsWith("shardId-2: "), report.problem());
        assertEquals(
                List.of("shardId-1", "shardId-2", "shardId-3"),
                List.copyOf(report.shards().keySet()));
    }

    private Health health(boolean quietShardsAreCalled) {
        return new Health(clock::get, STUCK_AFTER, quietShardsAreCalled);
    }

    private static void answer(Health health, String shard) {
        health.began(shard);
        health.answered(shard);
    }
}
