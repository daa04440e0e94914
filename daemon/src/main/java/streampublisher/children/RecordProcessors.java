package streampublisher.children;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import software.amazon.kinesis.multilang.config.MultiLangDaemonConfiguration;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.ShardRecordProcessorFactory;
import streampublisher.settings.DaemonProperties;
import streampublisher.telemetry.Health;
import streampublisher.telemetry.Standstills;

/** Makes a record processor for each shard. Each has a child process and a watchdog. */
public final class RecordProcessors implements ShardRecordProcessorFactory {

    private final String[] command;
    private final long timeoutMillis;
    private final ExecutorService executor;
    private final ScheduledExecutorService timer;
    private final MultiLangDaemonConfiguration configuration;
    private final RunningChildren children;
    private final ShardFailures failures;
    private final Standstills standstills;
    private final Health health;

    public RecordProcessors(
            DaemonProperties properties,
            MultiLangDaemonConfiguration configuration,
            RunningChildren children,
            ShardFailures failures,
            Standstills standstills,
            Health health) {
        this.command = properties.command();
        this.timeoutMillis = properties.childTimeoutMillis();
        this.executor = executor(properties.maxActiveThreads());
        this.timer = Executors.newSingleThreadScheduledExecutor(
                new ThreadFactoryBuilder().setNameFormat("watchdog").setDaemon(true).build());
        this.configuration = configuration;
        this.children = children;
        this.failures = failures;
        this.standstills = standstills;
        this.health = health;
    }

    @Override
    public ShardRecordProcessor shardRecordProcessor() {
        var watchdog = new Watchdog(timer, RecordProcessors::millis, timeoutMillis);
        var child = new ChildProcess(command, executor, configuration, children, failures, standstills, watchdog);
        return new StreamsRecordProcessor(child, child::isGone, health);
    }

    private static ExecutorService executor(int limit) {
        return limit > 0 ? Executors.newFixedThreadPool(limit) : Executors.newCachedThreadPool();
    }

    /** Milliseconds of a clock that never goes back. */
    private static long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
