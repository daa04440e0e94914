package software.amazon.kinesis.multilang;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import software.amazon.kinesis.coordinator.Scheduler;

/**
 * What happens on SIGTERM: record processors publish what they hold, leases are given back, and the
 * exit status is 0.
 *
 * <p>A JVM that is ended by a signal exits with 143 whatever its hooks do, hence the halt.
 */
final class Stop implements Runnable {

    private final Scheduler scheduler;
    private final LeaseTable leases;
    private final BooleanSupplier started;
    private final long graceMillis;
    private final IntConsumer halt;

    /**
     * @param started tells whether the scheduler has got through its start: before, there is nothing
     *     to hand over, and KCL would finish starting first
     * @param halt ends the JVM with a status, without running hooks
     */
    Stop(Scheduler scheduler, LeaseTable leases, BooleanSupplier started, long graceMillis, IntConsumer halt) {
        this.scheduler = scheduler;
        this.leases = leases;
        this.started = started;
        this.graceMillis = graceMillis;
        this.halt = halt;
    }

    @Override
    public void run() {
        Events.info("daemon_stopping", "Stopping; record processors have {} ms to publish what they hold", graceMillis);
        try {
            if (started.getAsBoolean()) {
                scheduler.startGracefulShutdown().get(graceMillis, TimeUnit.MILLISECONDS);
                Events.info("daemon_stopped", "Stopped; {} leases given back", leases.giveBack());
            } else {
                Events.info("daemon_stopped", "Stopped before reading began");
            }
            halt.accept(ExitStatus.OK);
        } catch (Exception error) {
            Events.error("daemon_failed", "Not stopped within {} ms; ending all the same", graceMillis, error);
            halt.accept(ExitStatus.FAILED);
        }
    }
}
