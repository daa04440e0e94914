package software.amazon.kinesis.multilang;

import java.util.concurrent.TimeUnit;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.leases.LeaseRefresher;

/**
 * What KCL leaves to time: making the lease table ready at a first start, and giving leases back at
 * a stop.
 *
 * <p>At a first start KCL polls for the table and for its index every ten seconds and waits up to
 * thirty seconds at random before it lists the shards. Here the same calls of KCL are made before,
 * one after the other; each of them is safe when ten workers make it at once. At a stop KCL only
 * forgets its leases, so that other workers wait until they expire.
 */
final class LeaseTable {

    private static final long POLL_SECONDS = 1;
    private static final long PATIENCE_SECONDS = TimeUnit.MINUTES.toSeconds(10);

    private final Scheduler scheduler;
    private final LeaseRefresher leases;

    LeaseTable(Scheduler scheduler) {
        this.scheduler = scheduler;
        this.leases = scheduler.leaseRefresher();
    }

    /** Creates the table and its index where they are missing, and a lease for each shard where there is none. */
    void prepare() throws Exception {
        leases.createLeaseTableIfNotExists();
        leases.waitUntilLeaseTableExists(POLL_SECONDS, PATIENCE_SECONDS);
        leases.createLeaseOwnerToLeaseKeyIndexIfNotExists();
        leases.waitUntilLeaseOwnerToLeaseKeyIndexExists(POLL_SECONDS, PATIENCE_SECONDS);
        if (leases.isLeaseTableEmpty()) {
            listShards();
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

    /** Takes this worker's name off its leases, so that any worker may have them at once. */
    int giveBack() throws Exception {
        var worker = scheduler.leaseManagementConfig().workerIdentifier();
        var given = 0;
        for (var lease : leases.listLeases()) {
            if (worker.equals(lease.leaseOwner()) && leases.evictLease(lease)) {
                given++;
            }
        }
        return given;
    }
}
