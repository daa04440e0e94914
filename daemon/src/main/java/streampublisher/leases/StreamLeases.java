package streampublisher.leases;

import com.amazonaws.services.dynamodbv2.streamsadapter.DynamoDBStreamsLeaseManagementFactory;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.common.StreamConfig;
import software.amazon.kinesis.coordinator.DeletedStreamListProvider;
import software.amazon.kinesis.leases.LeaseManagementConfig;
import software.amazon.kinesis.leases.ShardSyncTaskManager;
import software.amazon.kinesis.metrics.MetricsFactory;
import software.amazon.kinesis.retrieval.RetrievalConfig;

/**
 * The adapter's management of leases, with other rules for the audit of the leases: which leases are made
 * ({@link LaterShards}) and which are deleted ({@link KeptLeases}).
 */
public final class StreamLeases extends DynamoDBStreamsLeaseManagementFactory {

    /** @param streams the adapter's client */
    public StreamLeases(KinesisAsyncClient streams, LeaseManagementConfig leases, RetrievalConfig retrieval) {
        super(streams, leases, retrieval);
    }

    @Override
    public ShardSyncTaskManager createShardSyncTaskManager(
            MetricsFactory metrics, StreamConfig stream, DeletedStreamListProvider deleted) {
        return new ShardSyncTaskManager(
                createShardDetector(stream),
                new KeptLeases(createLeaseRefresher()).refresher(),
                stream.initialPositionInStreamExtended(),
                isCleanupLeasesUponShardCompletion(),
                isIgnoreUnexpectedChildShards(),
                getShardSyncIntervalMillis(),
                getExecutorService(),
                new LaterShards(stream.streamIdentifier().toString(), isCleanupLeasesUponShardCompletion(), deleted),
                metrics);
    }
}
