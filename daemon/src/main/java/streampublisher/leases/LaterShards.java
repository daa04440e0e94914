package streampublisher.leases;

import com.amazonaws.services.dynamodbv2.streamsadapter.DynamoDBStreamsShardSyncer;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.DeletedStreamListProvider;
import software.amazon.kinesis.exceptions.internal.KinesisClientLibIOException;
import software.amazon.kinesis.leases.Lease;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.leases.ShardDetector;
import software.amazon.kinesis.leases.exceptions.DependencyException;
import software.amazon.kinesis.leases.exceptions.InvalidStateException;
import software.amazon.kinesis.leases.exceptions.ProvisionedThroughputException;
import software.amazon.kinesis.metrics.MetricsScope;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

/**
 * Makes leases for shards that have none. The initial position is for the first leases of all.
 *
 * <p>Every later shard opened while the application had leases, so it is read from its beginning. The
 * adapter gives it the initial position if its parent is not listed any more. With LATEST, everything
 * that is in the stream after a stop of a day would be skipped.
 */
final class LaterShards extends DynamoDBStreamsShardSyncer {

    private static final Logger LOG = LoggerFactory.getLogger(LaterShards.class);
    private static final InitialPositionInStreamExtended BEGINNING =
            InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON);

    /** Whether all of the first leases have been made. */
    private boolean begun;

    LaterShards(String stream, boolean deletesFinishedLeases, DeletedStreamListProvider deleted) {
        super(false, stream, deletesFinishedLeases, deleted);
    }

    @Override
    public synchronized boolean checkAndCreateLeaseForNewShards(
            ShardDetector shards,
            LeaseRefresher leases,
            InitialPositionInStreamExtended initial,
            MetricsScope scope,
            boolean ignoresUnexpectedChildShards,
            boolean isFirst)
            throws DependencyException, InvalidStateException, ProvisionedThroughputException {
        var synced = new SyncedLeases(leases, () -> list(shards));
        try {
            return super.checkAndCreateLeaseForNewShards(
                    shards,
                    synced.refresher(),
                    isFirst || !hasBegun(leases) ? initial : BEGINNING,
                    scope,
                    ignoresUnexpectedChildShards,
                    isFirst);
        } catch (KinesisClientLibIOException error) {
            // The last shard of a disabled stream has no child shard, and a shard may be listed for longer than its
            // child shard. Both fail the adapter's clean-up, are no mistakes, and last for hours.
            if (!synced.isRead()) {
                throw error;
            }
            LOG.debug("Finished leases are deleted later", error);
            return true;
        }
    }

    /**
     * Another worker may be making the first leases, one after the other, or it may have died meanwhile. A worker has
     * its first lease, and LATEST is a place in the stream, only after all of them were made.
     */
    private boolean hasBegun(LeaseRefresher leases)
            throws DependencyException, InvalidStateException, ProvisionedThroughputException {
        begun = begun || !leases.listLeases().stream().allMatch(LaterShards::isUntouched);
        return begun;
    }

    private static boolean isUntouched(Lease lease) {
        return ExtendedSequenceNumber.LATEST.equals(lease.checkpoint()) && lease.leaseCounter() == 0;
    }

    private static Set<String> list(ShardDetector shards) {
        return shards.listShards().stream().map(Shard::shardId).collect(Collectors.toSet());
    }
}
