package streampublisher.children;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import streampublisher.telemetry.Events;
import streampublisher.telemetry.Metrics;
import streampublisher.telemetry.Standstills;

/**
 * The failures of each shard's record processor.
 *
 * <p>After a failure the shard's lease is given up. The worker that takes it next waits before it
 * retries, longer after each failure in a row. Other shards go on. The first checkpoint ends the row.
 */
public final class ShardFailures {

    /** A record processor that ends with this status asks for the end of its worker. */
    static final int END_WORKER = 3;

    static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

    private final int limit;
    private final Consumer<String> giveUp;
    private final Consumer<String> endWorker;
    private final Runnable halt;
    private final Metrics metrics;
    private final Standstills standstills;
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * @param limit how many failures of one shard in a row end the worker; 0 is no limit
     * @param giveUp gives up a shard's lease
     * @param endWorker begins to end the worker for the given reason, and returns
     * @param halt ends the JVM as a failure, without running hooks
     * @param metrics counts the failures
     * @param standstills remembers which shards fail
     */
    public ShardFailures(
            int limit,
            Consumer<String> giveUp,
            Consumer<String> endWorker,
            Runnable halt,
            Metrics metrics,
            Standstills standstills) {
        this.limit = limit;
        this.giveUp = giveUp;
        this.endWorker = endWorker;
        this.halt = halt;
        this.metrics = metrics;
        this.standstills = standstills;
    }

    /**
     * The shard's record processor has failed.
     *
     * @param checkpoint the shard's last checkpoint
     * @param status the status with which the child has ended
     */
    void failed(String shardId, String checkpoint, int status) {
        try (var shard = Events.ofShard(shardId)) {
            var count = failures.merge(shardId, 1, Integer::sum);
            Events.error("child_failed", "The record processor of {} failed with status {}, {} in a row; its lease is"
                    + " given up, and the next try waits {} s", shardId, status, count, waitAfter(count).toSeconds(),
                    metrics.shardRestart());
            standstills.failed(shardId, checkpoint, status, count, waitAfter(count).toMillis());
            giveUp.accept(shardId);
            endWorkerIfNeeded(shardId, status, count);
        } catch (RuntimeException error) {
            failedTwice(shardId, error);
        }
    }

    private void endWorkerIfNeeded(String shardId, int status, int count) {
        if (stopped.getCount() == 0) {
            return; // the worker stops already
        }
        if (status == END_WORKER) {
            endWorker.accept("a record processor asks for the worker's end");
        } else if (count == limit) {
            endWorker.accept(shardId + " failed " + count + " times in a row");
        }
    }

    /** The worker would keep the lease of a shard that it does not read, and nobody would notice. */
    private void failedTwice(String shardId, RuntimeException error) {
        try (var shard = Events.ofShard(shardId)) {
            Events.error("daemon_failed", "The failure of {} can't be handled; ending at once", shardId, error);
        }
        halt.run();
    }

    /** The shard's record processor has made a checkpoint. */
    void recovered(String shardId) {
        failures.remove(shardId);
    }

    /** Waits until the shard may be retried. Returns false if the worker stops meanwhile. */
    boolean awaitTurn(String shardId) {
        var wait = waitAfter(failures.getOrDefault(shardId, 0));
        try {
            return !stopped.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The worker stops. This ends all waits. */
    public void stop() {
        stopped.countDown();
    }

    /** How long a shard waits after this number of failures in a row. */
    static Duration waitAfter(int failures) {
        if (failures == 0) {
            return Duration.ZERO;
        }
        // The longest wait is reached long before 20 doublings. With more, the shift would overflow.
        var doublings = Math.min(failures - 1, 20);
        var wait = FIRST_WAIT.multipliedBy(1L << doublings);
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }
}
