package software.amazon.kinesis.multilang;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Notices an action that goes on for too long without a sign of life.
 *
 * <p>A record processor may take hours over an action, since it waits for a topic that is away; but
 * it notes each try, and a note is a sign of life.
 */
final class Watchdog {

    private static final int LOOKS_PER_TIMEOUT = 10;

    private final ScheduledExecutorService timer;
    private final LongSupplier clock;
    private final long timeoutMillis;
    private volatile long lastSign;

    /**
     * @param clock milliseconds that never go back
     * @param timeoutMillis how long an action may go on without a sign of life; 0 or less for ever
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

    /** Runs an action; ends it in the way given, again and again, once it is silent for too long. */
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
