package streampublisher.leases;

import com.google.common.base.Suppliers;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.kinesis.leases.Lease;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

/**
 * The lease table during one sync with the stream's shards, in which a new lease gets a missing lease of its parent.
 *
 * <p>A shard may open and expire while no worker runs. It never had a lease, and KCL takes it for a finished one:
 * its child shards would be read while the shard before it stands still, and nobody would hear of its records. With
 * a lease it is read like any other, and the reader finds the gap.
 */
final class SyncedLeases extends LeaseRefresherProxy {

    private final Supplier<Set<String>> listed;
    private final Set<String> known = new HashSet<>();
    private List<Lease> stored = List.of();
    private boolean read;

    /** @param listed returns the ids of all shards that the stream lists */
    SyncedLeases(LeaseRefresher leases, Supplier<Set<String>> listed) {
        super(leases);
        this.listed = Suppliers.memoize(listed::get);
    }

    /** Whether the adapter has read the leases. It makes the new ones next, and then cleans up. */
    boolean isRead() {
        return read;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Object invoke(Object self, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("createLeaseIfNotExists")) {
            createParents((Lease) arguments[0]);
        }
        var answer = pass(method, arguments);
        if (method.getName().equals("listLeases")) {
            read((List<Lease>) answer);
        }
        return answer;
    }

    private void read(List<Lease> all) {
        read = true;
        stored = all;
        all.forEach(lease -> known.add(lease.leaseKey()));
    }

    /** The adapter makes the leases of listed shards in the order in which the shards opened. */
    private void createParents(Lease lease) throws Exception {
        for (var parent : lease.parentShardIds()) {
            if (known.add(parent) && !listed.get().contains(parent)) {
                createExpired(parent, lease);
            }
        }
        known.add(lease.leaseKey());
    }

    private void createExpired(String shardId, Lease child) throws Exception {
        var expired = stored.stream().filter(lease -> !listed.get().contains(lease.leaseKey())).toList();
        // At a first start the parents of the oldest shards have expired too. They are no gaps.
        if (!expired.isEmpty()) {
            var lease = new Lease();
            lease.leaseKey(shardId);
            lease.parentShardIds(unread(expired));
            lease.checkpoint(ExtendedSequenceNumber.TRIM_HORIZON);
            lease.ownerSwitchesSinceCheckpoint(0L);
            lease.hashKeyRange(child.hashKeyRangeForLease());
            leases.createLeaseIfNotExists(lease);
        }
    }

    /** The stream doesn't say which of the expired shards the missing one follows on. So it waits for all of them. */
    private static List<String> unread(List<Lease> expired) {
        return expired.stream()
                .filter(lease -> !KeptLeases.isFinished(lease))
                .map(Lease::leaseKey)
                .toList();
    }
}
