package streampublisher;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import software.amazon.kinesis.coordinator.WorkerStateChangeListener;
import streampublisher.telemetry.Events;
import streampublisher.telemetry.Metrics;
import streampublisher.telemetry.Standstills;

/** Notes that KCL has started. From then on the metrics count this worker. */
final class WorkerStart implements WorkerStateChangeListener {

    private final Metrics metrics;
    private final Standstills standstills;
    private final AtomicBoolean over = new AtomicBoolean();

    WorkerStart(Metrics metrics, Standstills standstills) {
        this.metrics = metrics;
        this.standstills = standstills;
    }

    /** Whether KCL has started. */
    boolean isOver() {
        return over.get();
    }

    @Override
    public void onWorkerStateChange(WorkerState state) {
        if (state == WorkerState.STARTED && !over.getAndSet(true)) {
            Events.info("daemon_ready", "Ready; waiting for leases");
            var threads = new ThreadFactoryBuilder().setNameFormat("heartbeat").setDaemon(true).build();
            metrics.beat(
                    Executors.newSingleThreadScheduledExecutor(threads),
                    () -> standstills.current().size());
        }
    }

    @Override
    public void onAllInitializationAttemptsFailed(Throwable error) {
        Events.error("daemon_failed", "KCL could not start", error);
    }
}
