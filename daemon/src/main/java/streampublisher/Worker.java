package streampublisher;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.leases.ShardInfo;
import streampublisher.children.RunningChildren;
import streampublisher.children.ShardFailures;
import streampublisher.leases.HeldLeases;
import streampublisher.leases.KclTasks;
import streampublisher.leases.LeaderLock;
import streampublisher.leases.LeaseAssignment;
import streampublisher.leases.LeaseTable;
import streampublisher.leases.UnreadLeases;
import streampublisher.reading.StreamReading;
import streampublisher.settings.ConfigurationException;
import streampublisher.telemetry.Events;

/** One worker of the application: KCL's scheduler, from the preparation of its lease table to its end. */
final class Worker {

    /** How long giving back the leases may take at a stop. The service manager waits for so long. */
    private static final long GIVE_BACK_MILLIS = 5_000;

    /** A worker that ends by itself has 4 s for its record processors, and 1 s more for its leases. */
    private static final Stop.Terms END = new Stop.Terms(4_000, 1_000, ExitStatus.FAILED);

    private final Scheduler scheduler;
    private final StreamReading reading;
    private final LeaderLock lock;
    private final LeaseAssignment assignment;
    private final LeaseTable table;
    private final HeldLeases leases;
    private final RunningChildren children;
    private final ShardFailures failures;
    private final BooleanSupplier started;
    private final Stop.Terms stop;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            new ThreadFactoryBuilder().setNameFormat("leases").setDaemon(true).build());
    private final AtomicReference<Thread> ending = new AtomicReference<>();

    /**
     * @param started tells whether KCL has started
     * @param graceMillis how long a stop may take
     */
    Worker(
            Scheduler scheduler,
            StreamReading reading,
            RunningChildren children,
            ShardFailures failures,
            BooleanSupplier started,
            long graceMillis) {
        this.scheduler = scheduler;
        this.reading = reading;
        this.lock = new LeaderLock(scheduler);
        this.assignment = LeaseAssignment.inPlaceOfKcls(scheduler, this::end);
        this.table = new LeaseTable(scheduler, reading::foreign, reading::latest);
        this.leases = new HeldLeases(scheduler.leaseCoordinator());
        this.children = children;
        this.failures = failures;
        this.started = started;
        this.stop = new Stop.Terms(graceMillis, GIVE_BACK_MILLIS, ExitStatus.OK);
    }

    /**
     * Works until KCL gives up or the worker ends by itself, and returns the exit status. A stop by a
     * signal halts the JVM instead.
     *
     * @throws ConfigurationException when the lease table belongs to another stream
     */
    int work() {
        var hook = new Thread(stop(stop), "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            var worker = scheduler.leaseManagementConfig().workerIdentifier();
            Events.info("daemon_starting", "Starting as {} on {}", worker, reading.arn());
            run();
        } catch (ConfigurationException error) {
            throw error;
        } catch (Exception error) {
            Events.error("daemon_failed", "The daemon failed", error);
        } finally {
            remove(hook);
        }
        return ExitStatus.FAILED;
    }

    private void run() throws Exception {
        lock.clear();
        lock.shorten();
        table.prepare();
        new KclTasks(scheduler, assignment, this::end).watch(timer);
        UnreadLeases.watch(timer, leases, scheduler);
        scheduler.run();
        awaitEnd();
    }

    /** Gives up the lease of a shard whose record processor has failed. */
    void giveUp(String shardId) {
        leases.giveUp(shardId);
    }

    /** Gives up the lease of a shard if it is read to its end or if the leader has assigned it to another worker. */
    void handOver(ShardInfo shard) {
        leases.handOver(shard);
    }

    /** How many shards KCL reads here, or is about to read. */
    int shards() {
        return (int) scheduler.shardInfoShardConsumerMap().values().stream()
                .filter(consumer -> !consumer.isShutdown())
                .count();
    }

    /** Begins to end the worker, and returns. Record processors publish the records that they hold. */
    void end(String reason) {
        var thread = new Thread(stop(END), "end");
        if (ending.compareAndSet(null, thread)) {
            Events.error("daemon_failed", "The worker ends: {}", reason);
            thread.start();
        }
    }

    /** KCL's scheduler returns before the leases are given back. */
    private void awaitEnd() throws InterruptedException {
        var thread = ending.get();
        if (thread != null) {
            thread.join();
        }
    }

    private Stop stop(Stop.Terms terms) {
        return new Stop(this::shutDown, this::giveBack, started, terms, Runtime.getRuntime()::halt);
    }

    private Future<Boolean> shutDown() {
        failures.stop();
        timer.shutdown();
        leases.takeNoMore();
        // It calls DynamoDB, which may not answer. Record processors need not wait for that.
        new Thread(assignment::stop, "stop-leading").start();
        scheduler.startGracefulShutdown();
        return children.none();
    }

    /** KCL clears the lock as well, but only after the last of its own threads has ended. */
    private int giveBack() throws Exception {
        assignment.stop();
        lock.clear();
        return leases.giveBack(scheduler, children.shards());
    }

    /** The hook would run after a failure too, and would then end the JVM with status 0. */
    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException stopping) {
            // The hook runs already, and ends the JVM with a status of its own.
        }
    }
}
