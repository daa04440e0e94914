package streampublisher.children;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Notices when an action runs for too long without a sign of life.
 *
 * <p>A record processor may need hours for an action while its topic is unavailable. But it logs each
 * try, and each line is a sign of life.
 */
final class Watchdog {

    private static final int LOOKS_PER_TIMEOUT = 10;

    private final ScheduledExecutorService timer;
    private final LongSupplier clock;
    private final long timeoutMillis;
    private volatile long lastSign;

    /**
     * @param clock milliseconds that never go back
     * @param timeoutMillis how long an action may run without a sign of life; 0 or less is for ever
     */
    Watchdog(ScheduledExecutorService timer, LongSupplier clock, long timeoutMillis) {
        this.timer = timer;
        this.clock = clock;
        this.timeoutMillis = timeoutMillis;
    }

    /** There is a sign of life. */
    void sign() {
        lastSign = clock.getAsLong();
    }

    /** Runs an action. Once it is silent for too long, calls {@code end} again and again. */
    void during(Runnable action, Runnable end) {
        if (timeoutMillis <= 0) {
            action.run();
            return;
        }
        sign();
        var period = Math.max(1, timeoutMillis / LOOKS_PER_TIMEOUT);
        var looking = timer.scheduleWithFixedDelay(() -> look(end), period, period, TimeUnit.MILLISECONDS);
        try {
            action.run();
        } finally {
            looking.cancel(false);
        }
    }

    private void look(Runnable end) {
        if (clock.getAsLong() - lastSign > timeoutMillis) {
            end.run();
        }
    }
}
