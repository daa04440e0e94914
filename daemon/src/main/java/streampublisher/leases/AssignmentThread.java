package streampublisher.leases;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;

/**
 * The thread in which a leader assigns leases. It tells when its task has died.
 *
 * <p>KCL's task catches exceptions only. After an error, such as a lack of threads, Java drops the task
 * without a word, and the leader goes on renewing its lock. Nobody would assign leases.
 */
final class AssignmentThread extends ScheduledThreadPoolExecutor {

    private final Consumer<Throwable> died;

    /** @param died called with what has ended the task */
    AssignmentThread(Consumer<Throwable> died) {
        super(1, new ThreadFactoryBuilder().setNameFormat("lam-thread").setDaemon(true).build());
        this.died = died;
    }

    @Override
    protected void afterExecute(Runnable task, Throwable error) {
        super.afterExecute(task, error);
        // A task that is repeated is done only once it was cancelled or has failed.
        if (task instanceof Future<?> repeated && repeated.isDone() && !repeated.isCancelled()) {
            tell(repeated);
        }
    }

    private void tell(Future<?> failed) {
        try {
            failed.get();
        } catch (ExecutionException error) {
            died.accept(error.getCause());
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
        }
    }
}
