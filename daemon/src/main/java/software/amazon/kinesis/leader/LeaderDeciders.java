package software.amazon.kinesis.leader;

import software.amazon.kinesis.coordinator.CoordinatorStateDAO;
import software.amazon.kinesis.metrics.MetricsFactory;

/** KCL's choice of a leader by a lock. KCL keeps the lock's duration to this package. */
public final class LeaderDeciders {

    /** The lock's client requires at least three heartbeats within the lock's duration. */
    private static final long HEARTBEATS = 4;

    private LeaderDeciders() {}

    /** Makes a decider whose lock lasts for the given time. KCL's own lock lasts two minutes. */
    public static DynamoDBLockBasedLeaderDecider withLockOf(
            long millis, CoordinatorStateDAO states, String worker, MetricsFactory metrics) {
        return DynamoDBLockBasedLeaderDecider.create(states, worker, millis, millis / HEARTBEATS, metrics);
    }
}
