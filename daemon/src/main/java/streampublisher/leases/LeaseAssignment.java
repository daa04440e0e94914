package streampublisher.leases;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.kinesis.coordinator.LeaderDecider;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.coordinator.assignment.LeaseAssignmentManager;
import software.amazon.kinesis.leases.LeaseManagementConfig;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.metrics.MetricsFactory;
import software.amazon.kinesis.worker.metricstats.WorkerMetricStatsDAO;
import streampublisher.telemetry.Events;

/**
 * How a leader assigns leases to workers. Every worker has one of these, and the leader's works.
 *
 * <p>It is KCL's, with other rules for the leases ({@link AssignableLeases}), and it survives an error in
 * its thread ({@link AssignmentThread}).
 */
public final class LeaseAssignment {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseAssignment.class);

    /** So many errors within this time end the worker. */
    private static final int MOST_ERRORS = 3;

    private static final long ERRORS_NANOS = Duration.ofMinutes(10).toNanos();

    /** A leader lists the leases at each assignment. One that does not for so long is stuck. */
    private static final long STUCK_MILLIS = Duration.ofMinutes(2).toMillis();

    private final LeaseManagementConfig config;
    private final Runnable leave;
    private final Consumer<String> end;
    private final ThreadFactory threads;
    private final Deque<Long> errors = new ArrayDeque<>();
    private LeaseAssignmentManager manager;
    private LeaderDecider decider;
    private AssignableLeases leases;
    private int seenListings;
    private int idleLooks;
    private boolean stopped;

    /**
     * @param leave makes known that this worker takes no more leases
     * @param end begins to end the worker for the given reason, and returns
     * @param threads makes the thread on which a failed assignment begins anew
     */
    LeaseAssignment(LeaseManagementConfig config, Runnable leave, Consumer<String> end, ThreadFactory threads) {
        this.config = config;
        this.leave = leave;
        this.end = end;
        this.threads = threads;
    }

    /**
     * Takes the place of KCL's own assignment. Must be called before KCL starts.
     *
     * @param end begins to end the worker for the given reason, and returns
     */
    public static LeaseAssignment inPlaceOfKcls(Scheduler scheduler, Consumer<String> end) {
        var assignment = new LeaseAssignment(
                scheduler.leaseManagementConfig(),
                () -> OtherWorkers.leave(scheduler),
                end,
                recovery -> new Thread(recovery, "assignment"));
        try {
            KclInternals.replaceAssignment(scheduler, (kcl, decider) -> assignment.make(
                    kcl.leaseRefresher(), kcl.workerMetricsDAO(), kcl.metricsFactory(), decider));
        } catch (ReflectiveOperationException | RuntimeException error) {
            LOG.warn("Finished leases count against maxLeasesForWorker: {}", error.toString());
        }
        return assignment;
    }

    synchronized LeaseAssignmentManager make(
            LeaseRefresher table, WorkerMetricStatsDAO reports, MetricsFactory metrics, LeaderDecider leaderDecider) {
        decider = leaderDecider;
        leases = new AssignableLeases(table, config.failoverTimeMillis(), System::nanoTime);
        manager = new LeaseAssignmentManager(
                leases.refresher(),
                reports,
                leaderDecider,
                config.workerUtilizationAwareAssignmentConfig(),
                config.workerIdentifier(),
                config.failoverTimeMillis(),
                metrics,
                new AssignmentThread(this::died),
                System::nanoTime,
                config.maxLeasesForWorker(),
                config.gracefulLeaseHandoffConfig(),
                config.leaseAssignmentIntervalMillis());
        return manager;
    }

    /** Leads no more, for good, and gets no more leases from another leader. */
    public synchronized void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        if (manager != null) {
            leases.stop();
            manager.stop();
        }
        leave.run();
        if (decider != null) {
            decider.shutdown();
        }
    }

    /**
     * Looks whether this worker leads but has assigned no leases for long. Looks are counted, not time, which goes
     * on while the process is frozen.
     *
     * @param everyMillis how often this is called
     */
    synchronized boolean isStuck(long everyMillis) {
        if (manager == null) {
            return false;
        }
        var before = seenListings;
        seenListings = leases.listings();
        idleLooks = before == seenListings && decider.isLeader(config.workerIdentifier()) ? idleLooks + 1 : 0;
        return idleLooks * everyMillis > Math.max(STUCK_MILLIS, 10 * config.leaseAssignmentIntervalMillis());
    }

    /** The task has died. It begins anew on another thread, because its own is about to look for its next task. */
    private void died(Throwable error) {
        try {
            Events.error("assignment_failed", "The assignment of leases has failed; this worker gives the leader's lock"
                    + " back and begins anew: {}", error.toString());
            threads.newThread(() -> recover(error)).start();
        } catch (Throwable another) {
            // Where threads are short, there is none for this either.
            endFor(error);
        }
    }

    private void endFor(Throwable error) {
        end.accept("the assignment of leases has failed: " + error);
    }

    private synchronized void recover(Throwable error) {
        if (stopped) {
            return;
        }
        decider.releaseLeadershipIfHeld();
        if (isFatal(error)) {
            endFor(error);
        } else {
            manager.stop();
            manager.start();
        }
    }

    private boolean isFatal(Throwable error) {
        var now = System.nanoTime();
        errors.removeIf(before -> now - before > ERRORS_NANOS);
        errors.add(now);
        return error instanceof VirtualMachineError || errors.size() >= MOST_ERRORS;
    }
}
