package streampublisher.leases;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.leases.Lease;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;
import streampublisher.settings.ConfigurationException;

/**
 * The application's lease table, made ready before KCL starts.
 *
 * <p>At a first start KCL polls for the table and for its index every ten seconds. It also waits up to
 * thirty seconds at random before it lists the shards. This class makes the same calls of KCL one after
 * the other. Ten workers may make them at once.
 */
public final class LeaseTable {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseTable.class);

    private final Scheduler scheduler;
    private final LeaseRefresher leases;
    private final Function<Collection<String>, Set<String>> foreign;
    private final Function<Collection<String>, Map<String, String>> latest;
    private final String worker;

    /**
     * @param foreign returns those of some shards that can't be this stream's
     * @param latest returns the checkpoint that LATEST means now, for each of some shards
     */
    public LeaseTable(
            Scheduler scheduler,
            Function<Collection<String>, Set<String>> foreign,
            Function<Collection<String>, Map<String, String>> latest) {
        this.scheduler = scheduler;
        this.leases = scheduler.leaseCoordinator().leaseRefresher();
        this.foreign = foreign;
        this.latest = latest;
        this.worker = scheduler.leaseManagementConfig().workerIdentifier();
    }

    /**
     * Creates the tables and the index that are missing, and the missing leases.
     *
     * @throws ConfigurationException when the table has leases of another stream
     */
    public void prepare() throws Exception {
        new TableCreation(leases, scheduler.leaseManagementConfig().tableName()).complete();
        OtherWorkers.createTable(scheduler);
        if (leases.isLeaseTableEmpty()) {
            createLeases();
        } else {
            var stored = leases.listLeases();
            refuseOtherStreams(stored);
            createMissingLeases();
            takeBack(stored);
        }
        pinLatest();
    }

    /**
     * KCL asks for LATEST again until the first checkpoint: after an expired iterator, and after a restart. What
     * was written before would be lost. So each such lease gets a place in the stream that stays.
     */
    private void pinLatest() throws Exception {
        var unpinned = leases.listLeases().stream()
                .filter(lease -> ExtendedSequenceNumber.LATEST.equals(lease.checkpoint()))
                .filter(lease -> !isRead(lease))
                .toList();
        var places = latest.apply(unpinned.stream().map(Lease::leaseKey).toList());
        for (var lease : unpinned) {
            lease.checkpoint(new ExtendedSequenceNumber(places.get(lease.leaseKey())));
            // Another worker that starts now may have been first. Then this does nothing.
            leases.updateLease(lease);
        }
    }

    private boolean isRead(Lease lease) {
        var owner = lease.actualOwner();
        return owner != null && !worker.equals(owner) && OtherWorkers.running(scheduler).contains(owner);
    }

    /** This worker has just started, so it reads no shard. A lease that says otherwise is an earlier worker's. */
    private void takeBack(List<Lease> stored) throws Exception {
        for (var lease : stored) {
            if (KeptLeases.isFinished(lease)) {
                leaveFinished(lease);
            } else if (lease.shutdownRequested() && isHalfOurs(lease)) {
                leases.assignLease(lease, worker);
            }
        }
    }

    /** KCL would take the lease again, and make a record processor for it that never runs. */
    private void leaveFinished(Lease lease) throws Exception {
        if (worker.equals(lease.actualOwner())) {
            leases.evictLease(lease);
        }
    }

    /** KCL gives nobody a lease that this worker was about to hand over, or to get from a worker that is gone. */
    private boolean isHalfOurs(Lease lease) {
        return worker.equals(lease.checkpointOwner())
                || worker.equals(lease.leaseOwner())
                        && !OtherWorkers.running(scheduler).contains(lease.checkpointOwner());
    }

    private void refuseOtherStreams(List<Lease> stored) {
        var unfinished = stored.stream()
                .filter(lease -> !KeptLeases.isFinished(lease))
                .map(Lease::leaseKey)
                .toList();
        var others = foreign.apply(unfinished);
        if (!others.isEmpty()) {
            throw new ConfigurationException("applicationName: its lease table "
                    + scheduler.leaseManagementConfig().tableName() + " has leases of another stream, such as "
                    + others.iterator().next() + "; take another name, one for each stream, or first read the"
                    + " other stream to its end");
        }
    }

    /**
     * After a stop of a day no shard leads to those behind an expired one. KCL makes their leases at its first
     * audit, after a minute.
     */
    private void createMissingLeases() {
        try {
            createLeases();
        } catch (Exception error) {
            LOG.warn("Leases of new shards are made at the first audit, in a minute: {}", error.toString());
        }
    }

    private void createLeases() throws Exception {
        for (var stream : scheduler.currentStreamConfigMap().values()) {
            var synced = scheduler.shardSyncTaskManagerProvider().apply(stream).callShardSyncTask();
            if (synced.getException() != null) {
                throw synced.getException();
            }
        }
    }
}
