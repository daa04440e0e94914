package streampublisher.leases;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.kinesis.leases.Lease;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;
import streampublisher.telemetry.Events;

/**
 * A lease table in which a lease is only deleted once its shard is read to the end.
 *
 * <p>The adapter deletes the lease of a shard that the stream does not list any more, although the shard's
 * last records may be unread. KCL then treats the shard as finished and reads its child shards. Nobody
 * notices the gap. With its lease such a shard is read like any other, and the reader finds the gap.
 */
final class KeptLeases extends LeaseRefresherProxy {

    /** The audit of the leases finds the same lease every half a minute. */
    private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

    KeptLeases(LeaseRefresher leases) {
        super(leases);
    }

    @Override
    public Object invoke(Object self, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("deleteLease") && !isFinished((Lease) arguments[0])) {
            logOnce(((Lease) arguments[0]).leaseKey());
            return null;
        }
        return pass(method, arguments);
    }

    /** Whether a lease's shard is read to its end. */
    static boolean isFinished(Lease lease) {
        return ExtendedSequenceNumber.SHARD_END.equals(lease.checkpoint());
    }

    private static void logOnce(String shardId) {
        if (LOGGED.add(shardId)) {
            try (var shard = Events.ofShard(shardId)) {
                Events.info("lease_kept", "The stream has no shard {} any more; its lease stays until it is read to"
                        + " its end", shardId);
            }
        }
    }
}
