package streampublisher.children;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * This worker's children that run.
 *
 * <p>A stop waits for the children, not for KCL. KCL also waits for each shard's reading thread, which
 * may take up to a minute to end once it has read enough.
 */
public final class RunningChildren {

    private final Map<Object, String> running = new HashMap<>();
    private final CompletableFuture<Boolean> none = new CompletableFuture<>();
    private boolean awaited;

    /** A child is about to start. */
    synchronized void started(Object child, String shardId) {
        running.put(child, shardId);
    }

    /** A child has ended, or will never start. */
    synchronized void ended(Object child) {
        running.remove(child);
        completeIfNone();
    }

    /** The shards whose children run. */
    public synchronized Set<String> shards() {
        return Set.copyOf(running.values());
    }

    /** Completes with true once no child runs. The worker must start no child after this call. */
    public synchronized CompletableFuture<Boolean> none() {
        awaited = true;
        completeIfNone();
        return none;
    }

    private void completeIfNone() {
        if (awaited && running.isEmpty()) {
            none.complete(true);
        }
    }
}
