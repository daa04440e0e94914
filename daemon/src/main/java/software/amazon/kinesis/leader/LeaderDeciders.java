package software.amazon.kinesis.leader;

import software.amazon.kinesis.coordinator.CoordinatorStateDAO;
import software.amazon.kinesis.metrics.MetricsFactory;

/** KCL's way of choosing a leader, with a lock that lasts as long as one says. */
public final class LeaderDeciders {

    /** The lock's client asks for three heartbeats at the least within the lock's time. */
    private static final long HEARTBEATS = 4;

    private LeaderDeciders() {}

    /** KCL keeps the choice of the time to this package, and takes two minutes itself. */
    public static DynamoDBLockBasedLeaderDecider withLockOf(
            long millis, CoordinatorStateDAO states, String worker, MetricsFactory metrics) {
        return DynamoDBLockBasedLeaderDecider.create(states, worker, millis, millis / HEARTBEATS, metrics);
    }
}
