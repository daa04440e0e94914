package software.amazon.kinesis.multilang.config;

import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.kinesis.checkpoint.CheckpointConfig;
import software.amazon.kinesis.coordinator.CoordinatorConfig;
import software.amazon.kinesis.leases.LeaseManagementConfig;
import software.amazon.kinesis.lifecycle.LifecycleConfig;
import software.amazon.kinesis.metrics.MetricsConfig;
import software.amazon.kinesis.processor.ProcessorConfig;
import software.amazon.kinesis.processor.ShardRecordProcessorFactory;
import software.amazon.kinesis.retrieval.RetrievalConfig;

/**
 * KCL's configuration, as its multilang daemon resolves it from a properties file.
 *
 * <p>KCL keeps the resolved parts to this package. Its public {@code build} makes a scheduler for a
 * Kinesis stream.
 */
public record StreamsConfiguration(
        CheckpointConfig checkpoint,
        CoordinatorConfig coordinator,
        LeaseManagementConfig leaseManagement,
        LifecycleConfig lifecycle,
        MetricsConfig metrics,
        ProcessorConfig processor,
        RetrievalConfig retrieval,
        AwsCredentialsProvider credentials) {

    /** Resolves the properties. KCL gets its record processors from the factory. */
    public static StreamsConfiguration resolve(
            MultiLangDaemonConfiguration daemon, ShardRecordProcessorFactory factory) {
        var resolved = daemon.resolvedConfiguration(factory);
        return new StreamsConfiguration(
                resolved.getCheckpointConfig(),
                resolved.getCoordinatorConfig(),
                resolved.getLeaseManagementConfig(),
                resolved.getLifecycleConfig(),
                resolved.getMetricsConfig(),
                resolved.getProcessorConfig(),
                resolved.getRetrievalConfig(),
                daemon.getKinesisCredentialsProvider().build(AwsCredentialsProvider.class));
    }
}
