package streampublisher;

import ch.qos.logback.classic.LoggerContext;
import com.amazonaws.services.dynamodbv2.streamsadapter.DynamoDBStreamsConsumerTaskFactory;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.multilang.config.KinesisClientLibConfigurator;
import software.amazon.kinesis.multilang.config.MultiLangDaemonConfiguration;
import software.amazon.kinesis.multilang.config.RetrievalMode;
import software.amazon.kinesis.multilang.config.StreamsConfiguration;
import streampublisher.children.RecordProcessors;
import streampublisher.children.RunningChildren;
import streampublisher.children.ShardFailures;
import streampublisher.leases.LeaseHandover;
import streampublisher.leases.StandstillRows;
import streampublisher.leases.StreamLeases;
import streampublisher.reading.DisabledStream;
import streampublisher.reading.ExpiredRecords;
import streampublisher.reading.StreamArn;
import streampublisher.reading.StreamReading;
import streampublisher.reading.TableStream;
import streampublisher.settings.DaemonProperties;
import streampublisher.telemetry.Health;
import streampublisher.telemetry.HealthServer;
import streampublisher.telemetry.Metrics;
import streampublisher.telemetry.Standstills;

/** Makes a worker, with KCL's scheduler, from the properties. */
final class WorkerAssembly {

    /**
     * How often the leader audits the leases. An audit costs one page of DescribeStream for every
     * hundred shards, and a scan of the lease table. A child shard may wait for the next audit if
     * DescribeStream fails while its parent ends.
     */
    private static final long AUDIT_MILLIS = 30_000;

    private final DaemonProperties properties;
    private final MultiLangDaemonConfiguration configuration;
    private final Standstills standstills = new Standstills(System::currentTimeMillis);
    private final Health health;
    private final Metrics metrics;
    private final WorkerStart start;
    private final RunningChildren children = new RunningChildren();

    WorkerAssembly(DaemonProperties properties) {
        this.properties = properties;
        this.configuration = new KinesisClientLibConfigurator().getConfiguration(properties.forKcl());
        this.health = new Health(
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
                properties.healthStuckAfterMillis(),
                properties.callsQuietShards(),
                standstills);
        this.metrics = new Metrics(
                properties.metricsIntervalMillis(),
                configuration.getApplicationName(),
                StreamArn.table(properties.streamArn()),
                System::currentTimeMillis);
        this.start = new WorkerStart(metrics, standstills);
    }

    Worker worker() {
        nameWorkerInLogs();
        var stream = StreamArn.parse(properties.streamArn(), fallbackRegion());
        // KCL needs the callbacks to make its scheduler, and calls them once the scheduler runs.
        var worker = new CompletableFuture<Worker>();
        var failures = failures(worker);
        var resolved = resolve(failures);
        resolved.lifecycle().taskExecutionListener(new LeaseHandover(shard -> worker.join().handOver(shard)));
        var reading = reading(stream, resolved);
        var scheduler = scheduler(resolved, reading, () -> worker.join().shards());
        StandstillRows.keep(standstills, scheduler);
        worker.complete(new Worker(
                scheduler, reading, children, failures, start::isOver, properties.shutdownGraceMillis()));
        return worker.join();
    }

    /** Answers the health check where the properties name a port. */
    void serveHealth() {
        if (properties.healthPort() != 0) {
            HealthServer.serve(health, properties.healthHost(), properties.healthPort());
        }
    }

    private void nameWorkerInLogs() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.putProperty("workerId", configuration.getWorkerIdentifier());
        }
    }

    private Region fallbackRegion() {
        return properties.region() != null
                ? Region.of(properties.region())
                : DefaultAwsRegionProviderChain.builder().build().getRegion();
    }

    private ShardFailures failures(CompletableFuture<Worker> worker) {
        return new ShardFailures(
                properties.shardFailuresBeforeExit(),
                shardId -> worker.join().giveUp(shardId),
                reason -> worker.join().end(reason),
                WorkerAssembly::halt,
                metrics,
                standstills);
    }

    private StreamsConfiguration resolve(ShardFailures failures) {
        // Streams of DynamoDB are polled. By default KCL would prepare for Kinesis' enhanced fan-out.
        configuration.setRetrievalMode(RetrievalMode.POLLING);
        var factory = new RecordProcessors(properties, configuration, children, failures, standstills, health);
        var resolved = StreamsConfiguration.resolve(configuration, factory);
        resolved.leaseManagement().leasesRecoveryAuditorExecutionFrequencyMillis(AUDIT_MILLIS);
        resolved.coordinator().workerStateChangeListener(start);
        return resolved;
    }

    private StreamReading reading(StreamArn stream, StreamsConfiguration resolved) {
        var expired = new ExpiredRecords(properties.stopsAtTrimmedData(), metrics, health);
        return new StreamReading(
                stream,
                resolved.credentials(),
                expired,
                disabledStream(resolved),
                properties.unknownShardExitAfterMillis(),
                WorkerAssembly::halt,
                health);
    }

    private DisabledStream disabledStream(StreamsConfiguration resolved) {
        var arn = properties.streamArn();
        var tables = resolved.leaseManagement().dynamoDBClient();
        var disabled = new DisabledStream(
                arn, new TableStream(tables, StreamArn.table(arn)), metrics, health, System::nanoTime);
        disabled.watch(Executors.newSingleThreadScheduledExecutor(
                new ThreadFactoryBuilder().setNameFormat("disabled-stream").setDaemon(true).build()));
        return disabled;
    }

    /** Does what the adapter's own factory does for a scheduler, with our rules for leases. */
    private Scheduler scheduler(StreamsConfiguration resolved, StreamReading reading, IntSupplier shards) {
        var client = reading.client(resolved.retrieval(), initialPosition(), shards);
        var leases = resolved.leaseManagement();
        leases.leaseManagementFactory(new StreamLeases(client, leases, resolved.retrieval()));
        leases.consumerTaskFactory(new DynamoDBStreamsConsumerTaskFactory());
        // The shards of a DynamoDB stream have no hash ranges. So each audit finds a gap, and makes new leases.
        leases.leasesRecoveryAuditorInconsistencyConfidenceThreshold(0);
        resolved.coordinator().skipShardSyncAtWorkerInitializationIfLeasesExist(true);
        return new Scheduler(
                resolved.checkpoint(),
                resolved.coordinator(),
                leases,
                resolved.lifecycle(),
                resolved.metrics(),
                resolved.processor(),
                resolved.retrieval());
    }

    private InitialPositionInStreamExtended initialPosition() {
        var given = configuration.getInitialPositionInStreamExtended();
        return given != null
                ? given
                : InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.LATEST);
    }

    private static void halt() {
        Runtime.getRuntime().halt(ExitStatus.FAILED);
    }
}
