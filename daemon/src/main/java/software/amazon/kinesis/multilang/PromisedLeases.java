package software.amazon.kinesis.multilang;

import java.util.Set;
import java.util.function.Consumer;
import software.amazon.kinesis.leases.ShardInfo;
import software.amazon.kinesis.lifecycle.TaskExecutionListener;
import software.amazon.kinesis.lifecycle.TaskType;
import software.amazon.kinesis.lifecycle.events.TaskExecutionListenerInput;

/**
 * Hands over the leases of shards that wait for their parents, once they are promised to another worker.
 *
 * <p>KCL hands a lease over after it has notified the record processor. A shard that waits has none
 * yet: KCL 3.1.3 ends such a shard on this worker, goes on renewing its lease, and nobody reads it.
 */
final class PromisedLeases implements TaskExecutionListener {

    /** What KCL does for a shard without a record processor: it waits, or it ends it at once. */
    private static final Set<TaskType> WITHOUT_NOTICE = Set.of(TaskType.BLOCK_ON_PARENT_SHARDS, TaskType.SHUTDOWN);

    private final Consumer<ShardInfo> keepPromise;

    /** @param keepPromise gives up the lease of a shard if it is promised */
    PromisedLeases(Consumer<ShardInfo> keepPromise) {
        this.keepPromise = keepPromise;
    }

    @Override
    public void beforeTaskExecution(TaskExecutionListenerInput input) {}

    @Override
    public void afterTaskExecution(TaskExecutionListenerInput input) {
        if (WITHOUT_NOTICE.contains(input.taskType())) {
            keepPromise.accept(input.shardInfo());
        }
    }
}
