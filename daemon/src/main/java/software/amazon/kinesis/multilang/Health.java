package software.amazon.kinesis.multilang;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Tells a daemon that is stuck from one that is quiet.
 *
 * <p>A shard stands still when its record processor was given something to do and has not answered
 * for too long, or when KCL has not called it for too long although it calls quiet shards as well.
 */
final class Health {

    private final LongSupplier clock;
    private final long stuckAfterMillis;
    private final boolean quietShardsAreCalled;
    private final Map<String, Moment> shards = new ConcurrentHashMap<>();

    /** What a shard's record processor does, and since when. */
    private record Moment(boolean processing, long since) {}

    /** One shard in a {@link Report}. */
    record ShardState(String state, long seconds) {}

    /** The answer: the problem is null when there is none. */
    record Report(boolean healthy, Map<String, ShardState> shards, String problem) {}

    /**
     * @param clock milliseconds that never go back
     * @param stuckAfterMillis how long a shard may stand still
     * @param quietShardsAreCalled whether KCL calls record processors without records too
     */
    Health(LongSupplier clock, long stuckAfterMillis, boolean quietShardsAreCalled) {
        this.clock = clock;
        this.stuckAfterMillis = stuckAfterMillis;
        this.quietShardsAreCalled = quietShardsAreCalled;
    }

    /** The record processor was given something to do. */
    void began(String shardId) {
        shards.put(shardId, new Moment(true, clock.getAsLong()));
    }

    /** The record processor has answered. */
    void answered(String shardId) {
        shards.put(shardId, new Moment(false, clock.getAsLong()));
    }

    /** The shard is no longer this worker's. */
    void gone(String shardId) {
        shards.remove(shardId);
    }

    Report report() {
        var now = clock.getAsLong();
        var states = new TreeMap<String, ShardState>();
        String problem = null;
        for (var shard : shards.entrySet()) {
            var moment = shard.getValue();
            var state = new ShardState(moment.processing() ? "processing" : "idle", (now - moment.since()) / 1000);
            states.put(shard.getKey(), state);
            problem = standsStill(moment, now) ? describe(shard.getKey(), state) : problem;
        }
        return new Report(problem == null, states, problem);
    }

    private boolean standsStill(Moment moment, long now) {
        return (moment.processing() || quietShardsAreCalled) && now - moment.since() > stuckAfterMillis;
    }

    private static String describe(String shardId, ShardState state) {
        return state.state().equals("processing")
                ? shardId + ": its record processor has not answered for " + state.seconds() + " s"
                : shardId + ": KCL has not called its record processor for " + state.seconds() + " s";
    }
}
