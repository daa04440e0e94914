package streampublisher;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import streampublisher.telemetry.Events;

/** The end of a worker by its own decision. It begins once, on a thread of its own. */
final class Ending {

    private final Runnable stop;
    private final ThreadFactory threads;
    private final IntConsumer halt;
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile Thread thread;

    /**
     * @param stop stops the worker and ends the JVM
     * @param halt ends the JVM with a status, without running hooks
     */
    Ending(Runnable stop, ThreadFactory threads, IntConsumer halt) {
        this.stop = stop;
        this.threads = threads;
        this.halt = halt;
    }

    /** Begins the end, and returns. Where no thread can be started, the JVM ends at once. */
    void begin(String reason) {
        if (begun.compareAndSet(false, true)) {
            try {
                Events.error("daemon_failed", "The worker ends: {}", reason);
                start();
            } catch (Throwable error) {
                endAtOnce(error);
            }
        }
    }

    private void start() {
        thread = threads.newThread(stop);
        thread.start();
    }

    private void endAtOnce(Throwable error) {
        try {
            Events.error("daemon_failed", "The worker ends at once, and its leases are left to expire: {}",
                    error.toString());
        } finally {
            halt.accept(ExitStatus.FAILED);
        }
    }

    /** Waits for the end if it has begun. */
    void await() throws InterruptedException {
        var started = thread;
        if (started != null) {
            started.join();
        }
    }
}
