package software.amazon.kinesis.multilang.config;

import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.kinesis.checkpoint.CheckpointConfig;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.CoordinatorConfig;
import software.amazon.kinesis.leases.LeaseManagementConfig;
import software.amazon.kinesis.lifecycle.LifecycleConfig;
import software.amazon.kinesis.metrics.MetricsConfig;
import software.amazon.kinesis.processor.ProcessorConfig;
import software.amazon.kinesis.processor.ShardRecordProcessorFactory;
import software.amazon.kinesis.retrieval.RetrievalConfig;

/**
 * KCL's configuration as the multilang daemon reads it from a properties file.
 *
 * <p>It stands in KCL's package because the daemon keeps the resolved parts to itself: its own
 * {@code build} would make a scheduler for a Kinesis stream.
 */
public record StreamsConfiguration(
        CheckpointConfig checkpoint,
        CoordinatorConfig coordinator,
        LeaseManagementConfig leaseManagement,
        LifecycleConfig lifecycle,
        MetricsConfig metrics,
        ProcessorConfig processor,
        RetrievalConfig retrieval,
        AwsCredentialsProvider credentials,
        InitialPositionInStreamExtended initialPosition) {

    /**
     * Between two audits of leases by the leader. An audit is one page of DescribeStream for every hundred
     * shards and a scan of the lease table; shards whose parent ended while the stream could not be
     * described stand still until the next.
     */
    private static final long AUDIT_MILLIS = 30_000;

    /** Resolves what the properties said, for record processors of the given factory. */
    public static StreamsConfiguration resolve(
            MultiLangDaemonConfiguration daemon, ShardRecordProcessorFactory factory) {
        // DynamoDB streams are polled; left alone, KCL would prepare for Kinesis' enhanced fan-out.
        daemon.setRetrievalMode(RetrievalMode.POLLING);
        var resolved = daemon.resolvedConfiguration(factory);
        resolved.getLeaseManagementConfig().leasesRecoveryAuditorExecutionFrequencyMillis(AUDIT_MILLIS);
        return new StreamsConfiguration(
                resolved.getCheckpointConfig(),
                resolved.getCoordinatorConfig(),
                resolved.getLeaseManagementConfig(),
                resolved.getLifecycleConfig(),
                resolved.getMetricsConfig(),
                resolved.getProcessorConfig(),
                resolved.getRetrievalConfig(),
                daemon.getKinesisCredentialsProvider().build(AwsCredentialsProvider.class),
                initialPosition(daemon));
    }

    private static InitialPositionInStreamExtended initialPosition(MultiLangDaemonConfiguration daemon) {
        var given = daemon.getInitialPositionInStreamExtended();
        return given != null
                ? given
                : InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.LATEST);
    }
}
