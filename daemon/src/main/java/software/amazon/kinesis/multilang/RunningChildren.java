package software.amazon.kinesis.multilang;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The children of this worker that have not finished.
 *
 * <p>A stop waits for them and not for KCL, which for each shard also waits for the thread that reads
 * ahead; and that one, once it has read enough, waits to be interrupted, for up to a minute.
 */
final class RunningChildren {

    private final Set<Object> made = new HashSet<>();
    private final Map<Object, String> running = new HashMap<>();
    private final CompletableFuture<Boolean> none = new CompletableFuture<>();
    private boolean awaited;

    /** A child is for a shard that this worker has, and may be started at once or later. */
    synchronized void made(Object child) {
        made.add(child);
    }

    /** A child is about to be started. */
    synchronized void started(Object child, String shardId) {
        running.put(child, shardId);
    }

    /** A child has ended, or was not started after all. */
    synchronized void ended(Object child) {
        made.remove(child);
        running.remove(child);
        look();
    }

    /** The shards whose children run. */
    synchronized Set<String> shards() {
        return Set.copyOf(running.values());
    }

    /** How many run or may yet be started: KCL begins to read a shard before it starts its child. */
    synchronized int count() {
        return made.size();
    }

    /** Done, with true, as soon as no child runs; for the stop, after which none is started any more. */
    synchronized CompletableFuture<Boolean> none() {
        awaited = true;
        look();
        return none;
    }

    private void look() {
        if (awaited && running.isEmpty()) {
            none.complete(true);
        }
    }
}
