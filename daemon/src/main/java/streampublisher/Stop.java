package streampublisher;

import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import streampublisher.telemetry.Events;

/**
 * The end of a worker, by SIGTERM or by its own decision. Record processors publish the records that
 * they hold, and the leases are given back.
 *
 * <p>It halts the JVM, because a JVM that a signal ends exits with 143 whatever its hooks do.
 */
final class Stop implements Runnable {

    private final Supplier<Future<Boolean>> shutdown;
    private final Callable<Integer> giveBack;
    private final BooleanSupplier started;
    private final Terms terms;
    private final IntConsumer halt;

    /**
     * How a worker stops.
     *
     * @param graceMillis how long the whole stop may take
     * @param giveBackMillis how long giving back the leases may take at least, even after the grace
     * @param status the exit status after a stop without failures
     */
    record Terms(long graceMillis, long giveBackMillis, int status) {}

    /**
     * @param shutdown lets record processors finish
     * @param giveBack gives back the leases of shards that have finished, and returns their number
     * @param started tells whether KCL has started. Before that there is nothing to give back, and KCL
     *     would finish its start first
     * @param halt ends the JVM with a status, without running hooks
     */
    Stop(
            Supplier<Future<Boolean>> shutdown,
            Callable<Integer> giveBack,
            BooleanSupplier started,
            Terms terms,
            IntConsumer halt) {
        this.shutdown = shutdown;
        this.giveBack = giveBack;
        this.started = started;
        this.terms = terms;
        this.halt = halt;
    }

    @Override
    public void run() {
        var status = ExitStatus.FAILED;
        try {
            Events.info("daemon_stopping", "Stopping; record processors have {} ms to publish what they hold",
                    terms.graceMillis());
            status = status();
        } finally {
            halt.accept(status);
        }
    }

    private int status() {
        try {
            return started.getAsBoolean() ? stop() : skip();
        } catch (TimeoutException error) {
            Events.error("daemon_failed", "The leases can't be given back in time; they are left to expire");
        } catch (Throwable error) {
            // A machine short of threads has errors here.
            Events.error("daemon_failed", "The stop failed; the worker ends all the same", error);
        }
        return ExitStatus.FAILED;
    }

    private int skip() {
        Events.info("daemon_stopped", "Stopped before reading began");
        return terms.status();
    }

    private int stop() throws Exception {
        var deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(terms.graceMillis());
        var finished = haveFinished(deadline);
        // Shards that have finished need not wait for one that has not.
        var given = giveLeasesBack(deadline);
        if (finished) {
            Events.info("daemon_stopped", "Stopped; leases given back: {}", given);
            return terms.status();
        }
        Events.error("daemon_failed", "Not stopped within {} ms; ending all the same, leases given back: {}",
                terms.graceMillis(), given);
        return ExitStatus.FAILED;
    }

    /** Whether all record processors finish in time. */
    private boolean haveFinished(long deadline) throws Exception {
        try {
            return shutdown.get().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException error) {
            return false;
        }
    }

    /** Everything is published by now. If DynamoDB does not answer, the leases expire by themselves. */
    private int giveLeasesBack(long deadline) throws Exception {
        var given = new FutureTask<>(giveBack);
        new Thread(given, "give-back").start();
        var left = deadline - System.nanoTime();
        var least = TimeUnit.MILLISECONDS.toNanos(terms.giveBackMillis());
        return given.get(Math.max(left, least), TimeUnit.NANOSECONDS);
    }
}
