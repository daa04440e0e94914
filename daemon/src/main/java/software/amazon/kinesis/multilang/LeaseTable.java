package software.amazon.kinesis.multilang;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.leases.Lease;
import software.amazon.kinesis.leases.LeaseCoordinator;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.leases.ShardInfo;
import software.amazon.kinesis.leases.dynamodb.DynamoDBLeaseCoordinator;
import software.amazon.kinesis.leases.exceptions.DependencyException;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

/**
 * What KCL leaves to time: making the lease table ready at a first start, and giving up leases, one
 * after a failure or all at a stop.
 *
 * <p>At a first start KCL polls for the table and for its index every ten seconds and waits up to
 * thirty seconds at random before it lists the shards. Here the same calls of KCL are made before,
 * one after the other; each of them is safe when ten workers make it at once. At a stop KCL only
 * forgets its leases, so that other workers wait until they expire.
 */
final class LeaseTable {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseTable.class);
    /** KCL's field of that name, which nothing else leads to. */
    static final String DISCOVERY = "leaseDiscoveryFuture";

    private static final long POLL_SECONDS = 1;
    private static final long PATIENCE_SECONDS = TimeUnit.MINUTES.toSeconds(10);

    private final Scheduler scheduler;
    private final LeaseCoordinator coordinator;
    private final LeaseRefresher leases;
    private final Supplier<Set<String>> shards;

    /**
     * @param coordinator the scheduler's own, which holds this worker's leases
     * @param shards lists the ids of the stream's shards
     */
    LeaseTable(Scheduler scheduler, LeaseCoordinator coordinator, Supplier<Set<String>> shards) {
        this.scheduler = scheduler;
        this.coordinator = coordinator;
        this.leases = coordinator.leaseRefresher();
        this.shards = shards;
    }

    /**
     * Creates the table and its index where they are missing, and a lease for each shard where there
     * is none.
     *
     * @throws Refusal when the table has leases of another stream
     */
    void prepare() throws Exception {
        leases.createLeaseTableIfNotExists();
        leases.waitUntilLeaseTableExists(POLL_SECONDS, PATIENCE_SECONDS);
        createIndex();
        leases.waitUntilLeaseOwnerToLeaseKeyIndexExists(POLL_SECONDS, PATIENCE_SECONDS);
        if (leases.isLeaseTableEmpty()) {
            listShards();
        } else {
            refuseOtherStreams();
        }
    }

    private void createIndex() throws DependencyException {
        try {
            leases.createLeaseOwnerToLeaseKeyIndexIfNotExists();
        } catch (DependencyException error) {
            if (!(error.getCause() instanceof ResourceInUseException)) {
                throw error;
            }
            // Another worker that starts at this moment creates it.
        }
    }

    private void refuseOtherStreams() throws Exception {
        var unfinished = leases.listLeases().stream()
                .filter(lease -> !ExtendedSequenceNumber.SHARD_END.equals(lease.checkpoint()))
                .map(Lease::leaseKey)
                .toList();
        var foreign = StreamShards.foreign(unfinished, shards.get(), System.currentTimeMillis());
        if (!foreign.isEmpty()) {
            throw new Refusal("applicationName: its lease table "
                    + scheduler.leaseManagementConfig().tableName() + " has leases of another stream, such as "
                    + foreign.iterator().next() + "; take another name, one for each stream, or first read the"
                    + " other stream to its end");
        }
    }

    private void listShards() throws Exception {
        for (var stream : scheduler.currentStreamConfigMap().values()) {
            var synced = scheduler.shardSyncTaskManagerProvider().apply(stream).callShardSyncTask();
            if (synced.getException() != null) {
                throw synced.getException();
            }
        }
    }

    /**
     * Takes no further leases: neither those that the leader hands to this worker nor its own again,
     * which it drops one after the other while it stops.
     *
     * <p>KCL's stop is meant to do this, and in 3.1.3 does so only where it also migrates from KCL 2.
     */
    void takeNoMore() {
        try {
            var discovery = DynamoDBLeaseCoordinator.class.getDeclaredField(DISCOVERY);
            discovery.setAccessible(true);
            ((Future<?>) discovery.get(coordinator)).cancel(false);
        } catch (ReflectiveOperationException | RuntimeException error) {
            LOG.warn("Leases may still be taken while the worker stops: {}", error.toString());
        }
    }

    /**
     * Gives this worker's leases to the others, in turn, or to nobody where it is alone; tells how many.
     * A lease that another worker has promised to this one stays with that one.
     *
     * <p>A lease of nobody's waits for the next leader to hand it out, for up to half a minute after
     * the leader itself has stopped; a worker sees one that is given to it within a second.
     *
     * @param heirs workers that may have them
     * @param busy shards that this worker has not finished with: their leases are left to expire
     */
    int giveBack(List<String> heirs, Set<String> busy) throws Exception {
        var given = 0;
        for (var lease : leases.listLeases()) {
            if (isPromisedToUs(lease)) {
                leases.assignLease(lease, lease.checkpointOwner());
            } else if (isOurs(lease) && !busy.contains(lease.leaseKey()) && give(lease, heirs, given)) {
                given++;
            }
        }
        return given;
    }

    /**
     * Gives up the lease of one shard, so that it is handed out anew: to this worker or another.
     *
     * <p>Should DynamoDB not answer, the lease is no longer renewed and soon taken again all the same.
     */
    void giveUp(String shardId) {
        try {
            var lease = leases.getLease(shardId);
            if (lease != null && isOurs(lease)) {
                leases.evictLease(lease);
            }
        } catch (Exception error) {
            LOG.warn("The lease of {} can't be given up at once, and is left to time: {}", shardId, error.toString());
        } finally {
            coordinator.dropLease(coordinator.getCurrentlyHeldLease(shardId));
        }
    }

    /**
     * Gives up the lease of one shard if it is promised to another worker.
     *
     * @param shard as it was when its lease was taken: where it was lost and taken again since then, it
     *     may have a record processor, which KCL notifies itself
     */
    void keepPromise(ShardInfo shard) {
        var shardId = ShardInfo.getLeaseKey(shard);
        var held = coordinator.getCurrentlyHeldLease(shardId);
        if (held != null && held.shutdownRequested() && isOf(shard, held)) {
            giveUp(shardId);
        }
    }

    private static boolean isOf(ShardInfo shard, Lease lease) {
        return lease.concurrencyToken().toString().equals(shard.concurrencyToken());
    }

    /** While a lease is handed over, its owner is the next one, and the present one its checkpoint's owner. */
    private boolean isOurs(Lease lease) {
        return coordinator.workerIdentifier().equals(lease.actualOwner());
    }

    private boolean isPromisedToUs(Lease lease) {
        return lease.shutdownRequested() && coordinator.workerIdentifier().equals(lease.leaseOwner());
    }

    private boolean give(Lease lease, List<String> heirs, int turn) throws Exception {
        var isPromised = coordinator.workerIdentifier().equals(lease.checkpointOwner());
        // To evict a lease that is promised leaves it to whom it is promised.
        return isPromised || heirs.isEmpty()
                ? leases.evictLease(lease)
                : leases.assignLease(lease, heirs.get(turn % heirs.size()));
    }
}
