package streampublisher.leases;

import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.leases.Lease;
import software.amazon.kinesis.leases.LeaseCoordinator;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.leases.ShardInfo;

/**
 * The leases that this worker holds. It gives up one of them after a failure, and all at a stop.
 *
 * <p>At a stop KCL only forgets its leases, so that other workers wait until they expire.
 */
public final class HeldLeases {

    private static final Logger LOG = LoggerFactory.getLogger(HeldLeases.class);

    private final LeaseCoordinator coordinator;
    private final LeaseRefresher leases;

    /** @param coordinator the scheduler's own, which knows the leases of this worker */
    public HeldLeases(LeaseCoordinator coordinator) {
        this.coordinator = coordinator;
        this.leases = coordinator.leaseRefresher();
    }

    /**
     * Takes no further leases, and hands none over. These are leases that the leader assigns to this worker,
     * and its own leases that it drops while it stops.
     *
     * <p>KCL's stop should do this. KCL 3.1.3 does it only while it migrates from KCL 2.
     */
    public void takeNoMore() {
        try {
            KclInternals.discovery(coordinator).cancel(false);
            KclInternals.handOffs(coordinator).stop();
        } catch (ReflectiveOperationException | RuntimeException error) {
            LOG.warn("The worker may still take leases while it stops: {}", error.toString());
        }
    }

    /** Gives all leases back to the other workers that run. Leases of busy shards are left to expire. */
    public int giveBack(Scheduler scheduler, Set<String> busy) throws Exception {
        var given = giveBack(OtherWorkers.successors(scheduler), busy);
        // A report of this worker's load that was under way when the stop began may have come back since.
        OtherWorkers.leave(scheduler);
        return given;
    }

    /**
     * Gives this worker's leases to the successors in turn, or to nobody if there are none. Returns the
     * number of leases. A lease that another worker still hands over to this one stays with that worker.
     *
     * <p>A worker sees a lease that it is given within a second. A lease without an owner waits for the leader.
     * If the leader itself has stopped, the next leader assigns it within half a minute.
     *
     * @param successors the workers that may take the leases
     * @param busy the shards that this worker has not finished; their leases are left to expire
     */
    int giveBack(List<String> successors, Set<String> busy) throws Exception {
        var given = 0;
        for (var lease : leases.listLeases()) {
            if (isAssignedToUs(lease)) {
                leases.assignLease(lease, lease.checkpointOwner());
            } else if (!KeptLeases.isFinished(lease) && isOurs(lease) && !busy.contains(lease.leaseKey()) && give(lease, successors, given)) {
                given++;
            }
        }
        return given;
    }

    /**
     * Gives up the lease of one shard. Then it is assigned again, to this worker or to another.
     *
     * <p>If DynamoDB does not answer, this worker stops renewing the lease, and it expires soon.
     */
    public void giveUp(String shardId) {
        try {
            var lease = leases.getLease(shardId);
            if (lease != null && isOurs(lease)) {
                leases.evictLease(lease);
            }
        } catch (Exception error) {
            LOG.warn("The lease of {} can't be given up at once, and is left to expire: {}", shardId, error.toString());
        } finally {
            coordinator.dropLease(coordinator.getCurrentlyHeldLease(shardId));
        }
    }

    /**
     * Gives up the lease of one shard if the shard is read to its end, or if the leader has assigned the lease
     * to another worker.
     *
     * <p>KCL renews a finished lease for hours, and after a restart it makes a record processor for it.
     *
     * @param shard the shard as it was when this worker took its lease. If the lease was lost and taken
     *     again since then, the shard may have a record processor, and KCL notifies that one itself
     */
    public void handOver(ShardInfo shard) {
        var shardId = ShardInfo.getLeaseKey(shard);
        var held = coordinator.getCurrentlyHeldLease(shardId);
        if (held != null && isOf(shard, held) && (held.shutdownRequested() || KeptLeases.isFinished(held))) {
            giveUp(shardId);
        }
    }

    /** Whether this worker still holds the lease that it had for this shard. */
    boolean holds(ShardInfo shard) {
        var held = coordinator.getCurrentlyHeldLease(ShardInfo.getLeaseKey(shard));
        return held != null && isOf(shard, held);
    }

    private static boolean isOf(ShardInfo shard, Lease lease) {
        return lease.concurrencyToken().toString().equals(shard.concurrencyToken());
    }

    /** During a handover the lease's owner is the next worker. Its checkpoint's owner is the present one. */
    private boolean isOurs(Lease lease) {
        return coordinator.workerIdentifier().equals(lease.actualOwner());
    }

    private boolean isAssignedToUs(Lease lease) {
        return lease.shutdownRequested() && coordinator.workerIdentifier().equals(lease.leaseOwner());
    }

    private boolean give(Lease lease, List<String> successors, int turn) throws Exception {
        var isAssignedToAnother = coordinator.workerIdentifier().equals(lease.checkpointOwner());
        // A lease that is evicted during its handover goes to the worker that it is assigned to.
        return isAssignedToAnother || successors.isEmpty()
                ? leases.evictLease(lease)
                : leases.assignLease(lease, successors.get(turn % successors.size()));
    }
}
