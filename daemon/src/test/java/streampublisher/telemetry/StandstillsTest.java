package streampublisher.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which shards make no progress, and why. */
class StandstillsTest {

    private static final String SHARD = "shardId-1";
    private static final String POISON = "{\"sequenceNumber\": \"7\", \"reason\": \"is too large\", \"fix\": \"split it\"}";
    private static final String BLOCKED = "{\"reason\": \"no topic\", \"fix\": \"\", \"attempts\": 3, \"waitSeconds\": 20.5}";

    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final Standstills standstills = new Standstills(clock::get);

    @Test
    void aFailureHasTheReasonThatTheRecordProcessorToldBefore() {
        standstills.told(SHARD, "6", POISON);
        assertEquals(Map.of(), standstills.current());

        standstills.failed(SHARD, "6", 1, 2, 2_000);

        assertEquals(
                "stopped before 7: is too large; 2 failures; next try in 2 s; split it", describe());
    }

    @Test
    void aReasonThatComesAfterTheEndIsTheEndsOwn() {
        standstills.failed(SHARD, "6", 1, 1, 1_000);
        standstills.told(SHARD, "6", POISON);
        assertEquals("is too large", only().reason());

        standstills.failed(SHARD, "6", 137, 2, 2_000);

        assertEquals("its record processor ended with status 137", only().reason());
    }

    @Test
    void aRecordProcessorThatWaitsStandsStill() {
        standstills.told(SHARD, "6", BLOCKED);
        assertEquals("stopped after 6: no topic; 3 failures; next try in 21 s", describe());

        clock.addAndGet(20_500);

        assertEquals("stopped after 6: no topic; 3 failures; the next try is under way", describe());
    }

    @Test
    void itBeginsWithTheFirstFailureSinceTheLastCheckpoint() {
        standstills.failed(SHARD, "6", 1, 1, 1_000);
        clock.addAndGet(60_000);
        standstills.failed(SHARD, "6", 1, 2, 2_000);
        assertEquals(1_000_000, only().since());

        standstills.failed(SHARD, "8", 1, 1, 1_000);

        assertEquals(1_060_000, only().since());
        assertEquals("stopped after 8: its record processor ended with status 1; 1 failure; next try in 1 s; look for"
                + " child_failed in the worker's log, and for the lines before it", describe());
    }

    @Test
    void itIsOverOnceTheShardGoesOnOrNobodyReportsIt() {
        standstills.told(SHARD, "6", POISON);
        standstills.failed(SHARD, "6", 1, 1, 1_000);
        standstills.over(SHARD);
        assertEquals(Map.of(), standstills.current());

        standstills.told(SHARD, "6", BLOCKED);
        clock.addAndGet(Standstill.LASTS_MILLIS);
        assertEquals(1, standstills.current().size());

        clock.incrementAndGet();

        assertEquals(Map.of(), standstills.current());
    }

    @Test
    void aLineThatCantBeReadIsAReasonAllTheSame() {
        standstills.told(SHARD, "6", "{no");
        standstills.failed(SHARD, "6", 1, 1, 0);

        assertEquals("its record processor does not say why", only().reason());
        assertNull(only().before());
    }

    private Standstill only() {
        return standstills.current().get(SHARD);
    }

    private String describe() {
        return only().describe(clock.get());
    }
}
