package software.amazon.kinesis.multilang;

import ch.qos.logback.classic.LoggerContext;
import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.StreamsSchedulerFactory;
import com.beust.jcommander.ParameterException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.coordinator.WorkerStateChangeListener;
import software.amazon.kinesis.multilang.config.KinesisClientLibConfigurator;
import software.amazon.kinesis.multilang.config.MultiLangDaemonConfiguration;
import software.amazon.kinesis.multilang.config.StreamsConfiguration;
import software.amazon.kinesis.processor.ShardRecordProcessorFactory;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/**
 * KCL's MultiLangDaemon on the stream of a DynamoDB table.
 *
 * <p>It takes the arguments and the properties file of KCL's own daemon; {@code streamName} is the
 * stream's ARN. See docs/daemon.md.
 */
public final class StreamsMultiLangDaemon {

    /** How long a worker that ends by its own will may take. */
    private static final long END_MILLIS = 4_000;

    /** How long the giving back of leases may take beyond that. */
    private static final long END_HAND_OVER_MILLIS = 1_000;

    /** The same at a stop, which the service manager has to wait for. */
    private static final long HAND_OVER_MILLIS = 5_000;

    /** Reads that may be under way side by side; the SDK's own are 50. */
    private static final int MOST_READS = 500;

    /** How long a read of expired records is held up before it fails. */
    private static final Duration TRIMMED_WAIT = Duration.ofSeconds(10);

    private final DaemonProperties properties;
    private final long graceMillis;
    private final MultiLangDaemonConfiguration configuration;
    private final Health health;
    private final RunningChildren children = new RunningChildren();
    private final Metrics metrics;
    private final ShardFailures failures;
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicReference<Thread> ending = new AtomicReference<>();
    private Scheduler scheduler;
    private LeaderLock lock;
    private LeaseTable leases;
    private StreamArn stream;
    private DynamoDbStreamsClient streams;
    private ReadSize readSize;

    private StreamsMultiLangDaemon(DaemonProperties properties) {
        this.properties = properties;
        this.graceMillis = properties.shutdownGraceMillis();
        this.configuration = new KinesisClientLibConfigurator().getConfiguration(properties.forKcl());
        this.health = new Health(
                StreamsMultiLangDaemon::millis, properties.healthStuckAfterMillis(), properties.callsQuietShards());
        this.metrics = new Metrics(
                properties.metricsIntervalMillis(),
                configuration.getApplicationName(),
                StreamArn.table(properties.streamArn()),
                System::currentTimeMillis);
        this.failures = new ShardFailures(
                properties.shardFailuresBeforeExit(),
                shardId -> leases.giveUp(shardId),
                this::end,
                Runtime.getRuntime()::halt,
                metrics);
    }

    /** Runs until the process is told to stop or fails. */
    public static void main(String[] arguments) {
        // KCL's jar carries a logback.xml too, and which of two is found is a matter of luck.
        System.getProperties().putIfAbsent("logback.configurationFile", "streams-daemon-logback.xml");
        var main = Thread.currentThread();
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> {
            Events.error("daemon_failed", "Uncaught in {}", thread.getName(), error);
            if (thread.equals(main)) {
                // KCL's threads would keep the JVM alive without anybody to lead them.
                Runtime.getRuntime().halt(ExitStatus.FAILED);
            }
        });
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        StreamsMultiLangDaemon daemon;
        try {
            daemon = new StreamsMultiLangDaemon(read(arguments));
            daemon.scheduler = daemon.scheduler();
            daemon.serveHealth();
        } catch (RuntimeException error) {
            return refuse(error);
        }
        return daemon.work();
    }

    /** A line, not a trace: what is wrong is in the file, not in the code. */
    private static int refuse(RuntimeException error) {
        Events.error("daemon_failed", "The daemon can't start: {}", message(error));
        return ExitStatus.CONFIGURATION;
    }

    private static DaemonProperties read(String[] arguments) {
        var daemon = new MultiLangDaemon();
        var parsed = new MultiLangDaemon.MultiLangDaemonArguments();
        try {
            daemon.buildJCommanderAndParseArgs(parsed, arguments);
        } catch (ParameterException error) {
            throw new IllegalArgumentException(error.getMessage(), error);
        }
        daemon.configureLogging(parsed.logConfiguration);
        return DaemonProperties.read(Path.of(daemon.validateAndGetPropertiesFileName(parsed)));
    }

    private Scheduler scheduler() {
        nameWorkerInLogs();
        // Endpoints move; without this the JVM would keep their addresses for ever.
        Security.setProperty("networkaddress.cache.ttl", "60");
        stream = StreamArn.parse(properties.streamArn(), fallbackRegion());
        var resolved = StreamsConfiguration.resolve(configuration, recordProcessors());
        streams = streams(stream, resolved);
        listenForStart(resolved);
        resolved.lifecycle().taskExecutionListener(new PromisedLeases(shard -> leases.keepPromise(shard)));
        readFrom(stream, resolved);
        return StreamsSchedulerFactory.createScheduler(
                resolved.checkpoint(),
                resolved.coordinator(),
                resolved.leaseManagement(),
                resolved.lifecycle(),
                resolved.metrics(),
                resolved.processor(),
                resolved.retrieval(),
                adapterClient());
    }

    private ShardRecordProcessorFactory recordProcessors() {
        var command = properties.command();
        var executor = executor();
        var timeoutMillis = properties.childTimeoutMillis();
        var timer = timer("watchdog");
        return () -> {
            var watchdog = new Watchdog(timer, StreamsMultiLangDaemon::millis, timeoutMillis);
            var child = new ChildProcess(command, executor, configuration, children, failures, watchdog);
            return new StreamsRecordProcessor(child, child::isGone, health);
        };
    }

    private static ScheduledExecutorService timer(String name) {
        return Executors.newSingleThreadScheduledExecutor(work -> {
            var thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    private int work() {
        lock = new LeaderLock(scheduler);
        leases = new LeaseTable(
                scheduler, scheduler.leaseCoordinator(), () -> StreamShards.list(streams, stream.service()));
        var hook = new Thread(stop(graceMillis, HAND_OVER_MILLIS, ExitStatus.OK), "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        Events.info("daemon_starting", "Starting as {} on {}", configuration.getWorkerIdentifier(), properties.streamArn());
        try {
            lock.clear();
            lock.shorten();
            leases.prepare();
            scheduler.run();
            letItEnd();
        } catch (Refusal error) {
            takeOff(hook);
            return refuse(error);
        } catch (Exception error) {
            Events.error("daemon_failed", "The daemon failed", error);
        }
        // A stop halts the JVM; to get here means that KCL has given up.
        takeOff(hook);
        return ExitStatus.FAILED;
    }

    private Stop stop(long withinMillis, long handOverMillis, int status) {
        return new Stop(this::startShutdown, this::giveBack, started::get, withinMillis, handOverMillis, status,
                Runtime.getRuntime()::halt);
    }

    private Future<Boolean> startShutdown() {
        failures.stop();
        leases.takeNoMore();
        scheduler.startGracefulShutdown();
        return children.none();
    }

    /** KCL gives the lock back too, but later, and not before the last of its own threads has ended. */
    private int giveBack() throws Exception {
        lock.clear();
        return leases.giveBack(Fleet.heirs(scheduler), children.shards());
    }

    /** Ends the worker by its own will, soon: the other shards' record processors publish what they hold. */
    private void end(String reason) {
        var thread = new Thread(stop(END_MILLIS, END_HAND_OVER_MILLIS, ExitStatus.FAILED), "end");
        if (ending.compareAndSet(null, thread)) {
            Events.error("daemon_failed", "The worker ends: {}", reason);
            thread.start();
        }
    }

    /** KCL returns before the leases are given back. */
    private void letItEnd() throws InterruptedException {
        var thread = ending.get();
        if (thread != null) {
            thread.join();
        }
    }

    private void serveHealth() {
        if (properties.healthPort() == 0) {
            return;
        }
        try {
            new HealthServer(health, properties.healthHost(), properties.healthPort()).start();
        } catch (IOException | RuntimeException error) {
            throw new IllegalArgumentException("healthPort = " + properties.healthPort() + " on healthHost = "
                    + properties.healthHost() + " can't be served: " + message(error) + "; take another port, or 0", error);
        }
    }

    /** Without this the hook would run on the way out of a failure too, and end it with 0. */
    private static void takeOff(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException stopping) {
            // The hook runs already, and ends the JVM with a status of its own.
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

    private ExecutorService executor() {
        var limit = properties.maxActiveThreads();
        return limit > 0 ? Executors.newFixedThreadPool(limit) : Executors.newCachedThreadPool();
    }

    private void listenForStart(StreamsConfiguration resolved) {
        resolved.coordinator().workerStateChangeListener(new WorkerStateChangeListener() {
            @Override
            public void onWorkerStateChange(WorkerState state) {
                if (state == WorkerState.STARTED && !started.getAndSet(true)) {
                    Events.info("daemon_ready", "Ready; waiting for leases");
                    metrics.beat(timer("heartbeat"));
                }
            }

            @Override
            public void onAllInitializationAttemptsFailed(Throwable error) {
                Events.error("daemon_failed", "KCL could not start", error);
            }
        });
    }

    private void readFrom(StreamArn stream, StreamsConfiguration resolved) {
        var retrieval = resolved.retrieval();
        retrieval.streamTracker(
                StreamsSchedulerFactory.createSingleStreamTracker(stream.adapter(), resolved.initialPosition()));
        var polling = (PollingConfig) retrieval.retrievalSpecificConfig();
        readSize = new ReadSize(polling.maxRecords(), children::count);
        var pace = new ReadingPace(readSize::last, Instant::now);
        retrieval.retrievalSpecificConfig(new PacedPolling(polling, pace));
    }

    private AmazonDynamoDBStreamsAdapterClient adapterClient() {
        var threads = Executors.newCachedThreadPool(StreamsMultiLangDaemon::reader);
        return properties.stopsAtTrimmedData()
                ? new TrimmedShards(streams, stream.region(), readSize, threads, TRIMMED_WAIT)
                : new ShardReads(streams, stream.region(), readSize, threads);
    }

    private static Thread reader(Runnable read) {
        var thread = new Thread(read, "read");
        thread.setDaemon(true);
        return thread;
    }

    private DynamoDbStreamsClient streams(StreamArn stream, StreamsConfiguration resolved) {
        return DynamoDbStreamsClient.builder()
                .httpClientBuilder(ApacheHttpClient.builder().maxConnections(MOST_READS))
                .region(stream.region())
                .credentialsProvider(resolved.credentials())
                .overrideConfiguration(override -> {
                    override.addExecutionInterceptor(new ExpiredRecords(
                            properties.stopsAtTrimmedData(), System::currentTimeMillis, Runtime.getRuntime()::halt,
                            metrics));
                    if (stream.isLocal()) {
                        override.addExecutionInterceptor(new LocalArnInterceptor(stream));
                    }
                })
                .build();
    }

    /** Milliseconds that never go back. */
    private static long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private static String message(Throwable error) {
        for (var cause = error; cause != null; cause = cause.getCause()) {
            // KCL sets values by reflection, which says of a failure only that there was one.
            if (cause instanceof InvocationTargetException hidden && hidden.getCause() != null) {
                return message(hidden.getCause());
            }
        }
        return error.getMessage() == null ? error.toString() : error.getMessage();
    }
}
