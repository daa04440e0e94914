package software.amazon.kinesis.multilang;

import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * The end of a worker, by SIGTERM or of its own accord: record processors publish what they hold, and
 * leases are given back.
 *
 * <p>A JVM that is ended by a signal exits with 143 whatever its hooks do, hence the halt.
 */
final class Stop implements Runnable {

    private final Supplier<Future<Boolean>> shutdown;
    private final Callable<Integer> giveBack;
    private final BooleanSupplier started;
    private final long graceMillis;
    private final long handOverMillis;
    private final int status;
    private final IntConsumer halt;

    /**
     * @param shutdown lets record processors finish
     * @param giveBack gives back the leases of shards that have finished, and tells how many
     * @param started tells whether the scheduler has got through its start: before, there is nothing
     *     to hand over, and KCL would finish starting first
     * @param graceMillis how long all of that may take
     * @param handOverMillis how long the giving back may take at the least, beyond the grace if need be
     * @param status the exit status after a stop that went well
     * @param halt ends the JVM with a status, without running hooks
     */
    Stop(
            Supplier<Future<Boolean>> shutdown,
            Callable<Integer> giveBack,
            BooleanSupplier started,
            long graceMillis,
            long handOverMillis,
            int status,
            IntConsumer halt) {
        this.shutdown = shutdown;
        this.giveBack = giveBack;
        this.started = started;
        this.graceMillis = graceMillis;
        this.handOverMillis = handOverMillis;
        this.status = status;
        this.halt = halt;
    }

    @Override
    public void run() {
        Events.info("daemon_stopping", "Stopping; record processors have {} ms to publish what they hold", graceMillis);
        var deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(graceMillis);
        try {
            if (started.getAsBoolean()) {
                halt.accept(stop(deadline));
            } else {
                Events.info("daemon_stopped", "Stopped before reading began");
                halt.accept(status);
            }
        } catch (TimeoutException error) {
            Events.error("daemon_failed", "The leases can't be given back in time; they are left to expire");
            halt.accept(ExitStatus.FAILED);
        } catch (Exception error) {
            Events.error("daemon_failed", "The stop failed; ending all the same", error);
            halt.accept(ExitStatus.FAILED);
        }
    }

    private int stop(long deadline) throws Exception {
        var finished = haveFinished(deadline);
        // The shards that have finished need not wait for one that has not.
        var given = giveLeasesBack(deadline);
        if (finished) {
            Events.info("daemon_stopped", "Stopped; leases given back: {}", given);
            return status;
        }
        Events.error("daemon_failed", "Not stopped within {} ms; ending all the same, leases given back: {}",
                graceMillis, given);
        return ExitStatus.FAILED;
    }

    /** Whether every record processor has, in time. */
    private boolean haveFinished(long deadline) throws Exception {
        try {
            return shutdown.get().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException error) {
            return false;
        }
    }

    /** Everything is published by now; should DynamoDB not answer, the leases expire by themselves. */
    private int giveLeasesBack(long deadline) throws Exception {
        var given = new FutureTask<>(giveBack);
        new Thread(given, "give-back").start();
        var left = deadline - System.nanoTime();
        return given.get(Math.max(left, TimeUnit.MILLISECONDS.toNanos(handOverMillis)), TimeUnit.NANOSECONDS);
    }
}
