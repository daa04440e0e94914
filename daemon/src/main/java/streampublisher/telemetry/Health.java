package streampublisher.telemetry;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Tells whether this worker's shards make progress.
 *
 * <p>A shard stands still if its record processor has not answered a call for too long. If KCL calls
 * quiet shards too, a shard also stands still if KCL has not called it for too long. So does a shard whose
 * record processor fails, or waits, for too long; it is named at once. Other parts report problems of their own.
 */
public final class Health {

    /** A problem that nobody reports again is over after this time. */
    static final long PROBLEM_MILLIS = 60_000;

    private final LongSupplier clock;
    private final long stuckAfterMillis;
    private final boolean quietShardsAreCalled;
    private final Standstills standstills;
    private final Map<String, Moment> shards = new ConcurrentHashMap<>();
    private final Map<String, Problem> problems = new ConcurrentHashMap<>();

    /** What a shard's record processor does, and since when. */
    private record Moment(boolean processing, long since) {}

    /** What is wrong, and when it was reported last. */
    private record Problem(String text, long reported) {}

    /** One shard in a {@link Report}. */
    public record ShardState(String state, long seconds) {}

    /**
     * The answer to the health check.
     *
     * @param problem null when there is none. A shard that stands still is named at once, and makes the worker
     *     unhealthy once that lasts for too long.
     */
    public record Report(boolean healthy, Map<String, ShardState> shards, String problem) {}

    /**
     * @param clock milliseconds that never go back
     * @param stuckAfterMillis how long a shard may stand still
     * @param quietShardsAreCalled whether KCL calls record processors without records too
     */
    public Health(LongSupplier clock, long stuckAfterMillis, boolean quietShardsAreCalled) {
        this(clock, stuckAfterMillis, quietShardsAreCalled, new Standstills(clock));
    }

    /** @param standstills the shards that make no progress, and why */
    public Health(
            LongSupplier clock, long stuckAfterMillis, boolean quietShardsAreCalled, Standstills standstills) {
        this.clock = clock;
        this.standstills = standstills;
        this.stuckAfterMillis = stuckAfterMillis;
        this.quietShardsAreCalled = quietShardsAreCalled;
    }

    /** KCL has called the shard's record processor. */
    public void began(String shardId) {
        shards.put(shardId, new Moment(true, clock.getAsLong()));
    }

    /** The record processor has answered the call. */
    public void answered(String shardId) {
        shards.put(shardId, new Moment(false, clock.getAsLong()));
    }

    /** This worker no longer has the shard. */
    public void gone(String shardId) {
        shards.remove(shardId);
    }

    /**
     * Something is wrong now, whatever the shards do. The problem lasts for a minute unless it is reported
     * again.
     *
     * @param thing what has the problem, such as a shard's id
     * @param text the rest of the sentence
     */
    public void problem(String thing, String text) {
        problems.put(thing, new Problem(thing + ": " + text, clock.getAsLong()));
    }

    public Report report() {
        var now = clock.getAsLong();
        var states = new TreeMap<String, ShardState>();
        problems.values().removeIf(reported -> now - reported.reported() > PROBLEM_MILLIS);
        var problem = problems.values().stream().map(Problem::text).sorted().findFirst().orElse(null);
        for (var shard : shards.entrySet()) {
            var moment = shard.getValue();
            var state = new ShardState(moment.processing() ? "processing" : "idle", (now - moment.since()) / 1000);
            states.put(shard.getKey(), state);
            problem = problem == null && standsStill(moment, now) ? describe(shard.getKey(), state) : problem;
        }
        return withStandstills(states, problem);
    }

    private Report withStandstills(Map<String, ShardState> states, String problem) {
        var time = standstills.now();
        var healthy = problem == null;
        for (var each : new TreeMap<>(standstills.current()).entrySet()) {
            var millis = time - each.getValue().since();
            states.put(each.getKey(), new ShardState("stopped", millis / 1000));
            healthy &= millis <= stuckAfterMillis;
            problem = problem == null ? each.getKey() + ": " + each.getValue().describe(time) : problem;
        }
        return new Report(healthy, states, problem);
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
