package streampublisher.leases;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.leases.Lease;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.leases.exceptions.DependencyException;
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
    private static final long POLL_SECONDS = 1;
    private static final long PATIENCE_SECONDS = TimeUnit.MINUTES.toSeconds(10);

    private final Scheduler scheduler;
    private final LeaseRefresher leases;
    private final Function<Collection<String>, Set<String>> foreign;

    /** @param foreign returns those of some shards that can't be this stream's */
    public LeaseTable(Scheduler scheduler, Function<Collection<String>, Set<String>> foreign) {
        this.scheduler = scheduler;
        this.leases = scheduler.leaseCoordinator().leaseRefresher();
        this.foreign = foreign;
    }

    /**
     * Creates the table and its index if they are missing, and the leases that are missing in it.
     *
     * @throws ConfigurationException when the table has leases of another stream
     */
    public void prepare() throws Exception {
        leases.createLeaseTableIfNotExists();
        leases.waitUntilLeaseTableExists(POLL_SECONDS, PATIENCE_SECONDS);
        createIndex();
        leases.waitUntilLeaseOwnerToLeaseKeyIndexExists(POLL_SECONDS, PATIENCE_SECONDS);
        if (leases.isLeaseTableEmpty()) {
            createLeases();
        } else {
            refuseOtherStreams();
            createMissingLeases();
        }
    }

    private void createIndex() throws DependencyException {
        try {
            leases.createLeaseOwnerToLeaseKeyIndexIfNotExists();
        } catch (DependencyException error) {
            if (!(error.getCause() instanceof ResourceInUseException)) {
                throw error;
            }
            // Another worker that starts now creates it.
        }
    }

    private void refuseOtherStreams() throws Exception {
        var unfinished = leases.listLeases().stream()
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
