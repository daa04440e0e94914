package streampublisher.leases;

import java.util.Set;
import java.util.function.Consumer;
import software.amazon.kinesis.leases.ShardInfo;
import software.amazon.kinesis.lifecycle.TaskExecutionListener;
import software.amazon.kinesis.lifecycle.TaskType;
import software.amazon.kinesis.lifecycle.events.TaskExecutionListenerInput;

/**
 * Hands over the lease of a shard without a record processor, if the leader has assigned it to another
 * worker.
 *
 * <p>KCL hands a lease over after it has notified the record processor. A shard that waits for its
 * parent has none yet. KCL 3.1.3 ends such a shard on this worker and goes on renewing its lease, so that
 * nobody reads the shard.
 */
public final class LeaseHandover implements TaskExecutionListener {

    /** KCL's tasks for a shard without a record processor: it waits for the parent, or ends at once. */
    private static final Set<TaskType> WITHOUT_NOTICE = Set.of(TaskType.BLOCK_ON_PARENT_SHARDS, TaskType.SHUTDOWN);

    private final Consumer<ShardInfo> handOver;

    /** @param handOver hands the shard's lease over if it is assigned to another worker */
    public LeaseHandover(Consumer<ShardInfo> handOver) {
        this.handOver = handOver;
    }

    @Override
    public void beforeTaskExecution(TaskExecutionListenerInput input) {}

    @Override
    public void afterTaskExecution(TaskExecutionListenerInput input) {
        if (WITHOUT_NOTICE.contains(input.taskType())) {
            handOver.accept(input.shardInfo());
        }
    }
}
