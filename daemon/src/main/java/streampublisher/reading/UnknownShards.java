package streampublisher.reading;

import com.google.common.base.Suppliers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import streampublisher.telemetry.Events;
import streampublisher.telemetry.Health;

/**
 * Decides what it means that the service does not know a shard.
 *
 * <p>The adapter treats such a shard as read to its end, and KCL would checkpoint that. It is true only if
 * the shard has expired. A new shard may be unknown to a part of the service for a moment. A shard that
 * stays unknown is another stream's: its worker must end, before it passes over the shard's records.
 */
final class UnknownShards {

    /** How long one list of the stream's shards answers for all shards. */
    private static final Duration LISTED = Duration.ofSeconds(10);

    /** How long after an error line of a shard the next one follows. */
    private static final Duration QUIET = Duration.ofMinutes(1);

    /** A shard must be refused so often before it ends the worker. */
    static final int LEAST_REFUSALS = 10;

    private final Supplier<Optional<Set<String>>> listed;
    private final LongSupplier nowMillis;
    private final long exitAfterMillis;
    private final Runnable halt;
    private final Health health;
    private final Map<String, Refusals> refused = new ConcurrentHashMap<>();
    private final Map<String, Long> told = new ConcurrentHashMap<>();

    /** How often a shard was refused in a row, and since when. */
    private record Refusals(int count, long sinceMillis) {}

    /**
     * @param list returns the ids of the shards that the stream lists
     * @param nowMillis milliseconds since 1970
     * @param exitAfterMillis how long a young shard may be unknown before the worker ends
     * @param halt ends the JVM as a failure, without running hooks
     * @param health hears of shards that stand still
     */
    UnknownShards(
            Supplier<Set<String>> list, LongSupplier nowMillis, long exitAfterMillis, Runnable halt, Health health) {
        this.listed = Suppliers.memoizeWithExpiration(() -> orNothing(list), LISTED.toMillis(), TimeUnit.MILLISECONDS)::get;
        this.nowMillis = nowMillis;
        this.exitAfterMillis = exitAfterMillis;
        this.halt = halt;
        this.health = health;
    }

    /** A stream that can't be listed says nothing of its shards. */
    private static Optional<Set<String>> orNothing(Supplier<Set<String>> list) {
        try {
            return Optional.of(list.get());
        } catch (SdkException error) {
            return Optional.empty();
        }
    }

    /** The service has answered for the shard. */
    void known(String shardId) {
        refused.remove(shardId);
        told.remove(shardId);
    }

    /**
     * The service does not know the shard. Returns whether the shard has expired; otherwise the call is to be
     * retried.
     */
    boolean hasExpired(String shardId) {
        var isUnlisted = listed.get().map(shards -> !shards.contains(shardId)).orElse(false);
        if (isUnlisted && !StreamShards.isYoung(shardId, nowMillis.getAsLong())) {
            return true;
        }
        var refusals = refuse(shardId);
        if (isOver(refusals) && isUnlisted) {
            end(shardId);
        } else if (isOver(refusals)) {
            standsStill(shardId, (nowMillis.getAsLong() - refusals.sinceMillis()) / 1000);
        }
        return false;
    }

    private Refusals refuse(String shardId) {
        var refusals = refused.merge(
                shardId,
                new Refusals(1, nowMillis.getAsLong()),
                (before, one) -> new Refusals(before.count() + 1, before.sinceMillis()));
        if (refusals.count() == 1) {
            try (var shard = Events.ofShard(shardId)) {
                Events.warn("shard_unknown", "The service does not know {} yet; it is asked again", shardId);
            }
        }
        return refusals;
    }

    private boolean isOver(Refusals refusals) {
        return refusals.count() >= LEAST_REFUSALS
                && nowMillis.getAsLong() - refusals.sinceMillis() >= exitAfterMillis;
    }

    /** A shard without an iterator has no record processor, so nobody else notices. */
    private void standsStill(String shardId, long seconds) {
        health.problem(shardId, "the service has not known it for " + seconds + " s");
        if (isDue(shardId)) {
            try (var shard = Events.ofShard(shardId)) {
                Events.error("shard_unknown", "The service has not known {} for {} s, although the stream lists it or can't"
                        + " be listed; it is not read, and its records expire after a day", shardId, seconds);
            }
        }
    }

    private boolean isDue(String shardId) {
        var now = nowMillis.getAsLong();
        var before = told.get(shardId);
        var isDue = before == null || now - before >= QUIET.toMillis();
        if (isDue) {
            told.put(shardId, now);
        }
        return isDue;
    }

    private void end(String shardId) {
        Events.error("daemon_failed", "{} is not a shard of this stream; its checkpoint stays as it is", shardId);
        halt.run();
    }
}
