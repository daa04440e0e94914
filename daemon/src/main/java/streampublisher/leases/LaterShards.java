package streampublisher.leases;

import com.amazonaws.services.dynamodbv2.streamsadapter.DynamoDBStreamsShardSyncer;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.DeletedStreamListProvider;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.leases.ShardDetector;
import software.amazon.kinesis.leases.exceptions.DependencyException;
import software.amazon.kinesis.leases.exceptions.InvalidStateException;
import software.amazon.kinesis.leases.exceptions.ProvisionedThroughputException;
import software.amazon.kinesis.metrics.MetricsScope;

/**
 * Makes leases for shards that have none. The initial position is for the first leases of all.
 *
 * <p>Every later shard opened while the application had leases, so it is read from its beginning. The
 * adapter gives it the initial position if its parent is not listed any more. With LATEST, everything
 * that is in the stream after a stop of a day would be skipped.
 */
final class LaterShards extends DynamoDBStreamsShardSyncer {

    private static final InitialPositionInStreamExtended BEGINNING =
            InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON);

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
        return super.checkAndCreateLeaseForNewShards(
                shards, leases, isFirst ? initial : BEGINNING, scope, ignoresUnexpectedChildShards, isFirst);
    }
}
