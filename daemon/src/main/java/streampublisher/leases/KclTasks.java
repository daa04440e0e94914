package streampublisher.leases;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.kinesis.coordinator.Scheduler;

/**
 * KCL's repeated tasks without which a worker gets no leases, or gives out none.
 *
 * <p>KCL's tasks catch exceptions only. After an error, such as a lack of threads, Java drops a task without
 * a word. A worker with a dead task ends, and its service manager starts it again.
 */
public final class KclTasks {

    private static final Logger LOG = LoggerFactory.getLogger(KclTasks.class);
    private static final long LOOK_MILLIS = 10_000;

    private final Scheduler scheduler;
    private final LeaseAssignment assignment;
    private final Consumer<String> end;

    /** @param end begins to end the worker for the given reason, and returns */
    public KclTasks(Scheduler scheduler, LeaseAssignment assignment, Consumer<String> end) {
        this.scheduler = scheduler;
        this.assignment = assignment;
        this.end = end;
    }

    /** Looks after the tasks from now on. */
    public void watch(ScheduledExecutorService timer) {
        timer.scheduleWithFixedDelay(new RepeatedLook(this::look, end), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            endIf(hasDied(KclInternals.discovery(scheduler.leaseCoordinator())), "KCL looks for no more leases");
            endIf(hasDied(KclInternals.reporter(scheduler)), "KCL reports this worker's load no more");
            endIf(assignment.isStuck(LOOK_MILLIS), "this worker leads, but assigns no leases");
        } catch (ReflectiveOperationException | RuntimeException error) {
            LOG.debug("KCL's tasks can't be looked at", error);
        }
    }

    private void endIf(boolean dead, String reason) {
        if (dead) {
            end.accept(reason);
        }
    }

    /** A repeated task is done only once it was cancelled or has failed. Before KCL has started there is none. */
    static boolean hasDied(Future<?> task) {
        return task != null && task.isDone() && !task.isCancelled();
    }
}
