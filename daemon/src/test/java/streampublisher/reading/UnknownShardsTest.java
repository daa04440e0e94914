package streampublisher.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import streampublisher.telemetry.Health;
import streampublisher.testing.LoggedEvents;

/** A shard that the service does not know has expired, or is retried, or ends the worker. */
class UnknownShardsTest {

    private static final long OPENED = 1_795_449_234_772L;
    private static final String SHARD = "shardId-00000001795449234772-ca562a60";
    private static final long DAY = 24 * 60 * 60 * 1000L;
    private static final long EXIT_AFTER = 300_000;

    private final AtomicInteger halts = new AtomicInteger();
    private final AtomicInteger lists = new AtomicInteger();
    private Supplier<Set<String>> list = Set::of;
    private long now = OPENED;
    private final Health health = new Health(() -> now, 60_000, true);
    private final UnknownShards unknown = new UnknownShards(
            () -> {
                lists.incrementAndGet();
                return list.get();
            },
            () -> now,
            EXIT_AFTER,
            halts::incrementAndGet,
            health);
    private LoggedEvents logged;

    @BeforeEach
    void listen() {
        logged = new LoggedEvents();
    }

    @AfterEach
    void stopListening() {
        logged.close();
    }

    @Test
    void anOldShardThatIsNotListedHasExpired() {
        now = OPENED + DAY;

        assertTrue(unknown.hasExpired(SHARD));
        assertEquals(List.of(), logged.names());
    }

    @Test
    void anOldShardThatIsListedIsRetriedForEver() {
        list = () -> Set.of(SHARD);
        now = OPENED + DAY;

        refuse(UnknownShards.LEAST_REFUSALS - 1, EXIT_AFTER);

        assertEquals(0, halts.get());
        assertEquals(List.of("shard_unknown"), logged.names());
        assertEquals(List.of(SHARD), logged.shards());
        assertTrue(health.report().healthy());
    }

    @Test
    void aListedShardThatStaysUnknownIsAnErrorOnceAMinuteAndAProblem() {
        list = () -> Set.of(SHARD);
        refuse(UnknownShards.LEAST_REFUSALS - 1, EXIT_AFTER);

        refuse(31, 2_000);

        assertEquals(0, halts.get());
        assertEquals(List.of("WARN", "ERROR", "ERROR"), logged.levels());
        assertEquals(List.of(SHARD, SHARD, SHARD), logged.shards());
        assertTrue(health.report().problem().startsWith(SHARD + ": the service has not known it for "));
    }

    @Test
    void aShardThatIsKnownAgainIsNoProblemForLong() {
        list = () -> Set.of(SHARD);
        refuse(UnknownShards.LEAST_REFUSALS, EXIT_AFTER);
        unknown.known(SHARD);
        now += 60_001;

        assertTrue(health.report().healthy());
    }

    @Test
    void aStreamThatCantBeListedSaysNothingOfItsShards() {
        list = () -> {
            throw ResourceNotFoundException.builder().message("no such stream").build();
        };
        now = OPENED + DAY;

        refuse(2 * UnknownShards.LEAST_REFUSALS, EXIT_AFTER);

        assertEquals(0, halts.get());
    }

    @Test
    void aYoungShardThatStaysUnknownEndsTheWorker() {
        refuse(UnknownShards.LEAST_REFUSALS - 1, EXIT_AFTER / UnknownShards.LEAST_REFUSALS);
        assertEquals(0, halts.get());

        refuse(2, EXIT_AFTER / UnknownShards.LEAST_REFUSALS);

        assertTrue(halts.get() > 0);
        assertEquals(List.of("shard_unknown", "daemon_failed"), logged.names());
    }

    @Test
    void manyRefusalsWithinAMomentEndNothing() {
        refuse(100, 1);

        assertEquals(0, halts.get());
    }

    @Test
    void oneAnswerForTheShardEndsTheCount() {
        refuse(UnknownShards.LEAST_REFUSALS - 1, EXIT_AFTER);
        unknown.known(SHARD);

        refuse(UnknownShards.LEAST_REFUSALS - 1, 1);

        assertEquals(0, halts.get());
        assertEquals(List.of("shard_unknown", "shard_unknown"), logged.names());
    }

    @Test
    void oneListAnswersForAllShardsForAWhile() {
        refuse(20, 1);

        assertEquals(1, lists.get());
    }

    private void refuse(int times, long millisBetween) {
        for (var time = 0; time < times; time++) {
            assertFalse(unknown.hasExpired(SHARD));
            now += millisBetween;
        }
    }
}
