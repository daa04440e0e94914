package software.amazon.kinesis.multilang;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * What becomes of a shard whose record processor fails: its lease is given up, and whoever takes it
 * again waits longer after each failure, while the worker's other shards go on.
 *
 * <p>A shard counts as mended with the first checkpoint that its record processor makes.
 */
final class ShardFailures {

    static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

    private final int limit;
    private final Consumer<String> giveUp;
    private final Consumer<String> endWorker;
    private final IntConsumer halt;
    private final Metrics metrics;
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * @param limit failures of one shard in a row that end the worker; 0 is no limit
     * @param giveUp gives up a shard's lease
     * @param endWorker begins to end the worker, for the reason given, and returns
     * @param halt ends the JVM with a status, without running hooks
     * @param metrics where failures are counted
     */
    ShardFailures(
            int limit, Consumer<String> giveUp, Consumer<String> endWorker, IntConsumer halt, Metrics metrics) {
        this.limit = limit;
        this.giveUp = giveUp;
        this.endWorker = endWorker;
        this.halt = halt;
        this.metrics = metrics;
    }

    /** The shard's record processor is gone; its child has ended with this status. */
    void failed(String shardId, int status) {
        try (var shard = Events.ofShard(shardId)) {
            dealWith(shardId, status);
        }
    }

    private void dealWith(String shardId, int status) {
        try {
            var count = failures.merge(shardId, 1, Integer::sum);
            Events.error("child_failed", "The record processor of {} failed with status {}, {} in a row; its lease is"
                    + " given up, and the next try waits {} s", shardId, status, count, waitAfter(count).toSeconds(),
                    metrics.shardRestart());
            giveUp.accept(shardId);
            if (stopped.getCount() == 0) {
                return; // the worker ends already
            }
            if (status == ExitStatus.WORKER) {
                endWorker.accept("a record processor asks for the worker's end");
            } else if (count == limit) {
                endWorker.accept(shardId + " failed " + count + " times in a row");
            }
        } catch (RuntimeException error) {
            // A shard that is held and not read would stand still without anybody's knowing.
            Events.error("daemon_failed", "The failure of {} can't be dealt with; ending at once", shardId, error);
            halt.accept(ExitStatus.FAILED);
        }
    }

    /** The shard's record processor has made a checkpoint. */
    void mended(String shardId) {
        failures.remove(shardId);
    }

    /** Waits until the shard may be tried again; false when the worker stops meanwhile. */
    boolean awaitTurn(String shardId) {
        var wait = waitAfter(failures.getOrDefault(shardId, 0));
        try {
            return !stopped.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The worker stops: nobody need wait any longer. */
    void stop() {
        stopped.countDown();
    }

    /** How long a shard waits that has failed so often in a row. */
    static Duration waitAfter(int failures) {
        if (failures == 0) {
            return Duration.ZERO;
        }
        // Beyond this the shift would overflow, and the longest wait is reached long before.
        var doublings = Math.min(failures - 1, 20);
        var wait = FIRST_WAIT.multipliedBy(1L << doublings);
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }
}
