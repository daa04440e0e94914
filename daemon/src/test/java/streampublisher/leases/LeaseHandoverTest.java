package streampublisher.leases;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.kinesis.leases.ShardInfo;
import software.amazon.kinesis.lifecycle.TaskType;
import software.amazon.kinesis.lifecycle.events.TaskExecutionListenerInput;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

class LeaseHandoverTest {

    private static final String SHARD = "shardId-1";

    private final List<String> handedOver = new ArrayList<>();
    private final LeaseHandover handover = new LeaseHandover(shard -> handedOver.add(shard.shardId()));

    @ParameterizedTest
    @EnumSource(value = TaskType.class, names = {"BLOCK_ON_PARENT_SHARDS", "SHUTDOWN"})
    void aLeaseIsHandedOverWhereKclNotifiesNoRecordProcessor(TaskType type) {
        handover.afterTaskExecution(done(type));

        assertEquals(List.of(SHARD), handedOver);
    }

    @ParameterizedTest
    @EnumSource(value = TaskType.class, mode = EnumSource.Mode.EXCLUDE, names = {"BLOCK_ON_PARENT_SHARDS", "SHUTDOWN"})
    void aRecordProcessorIsNotifiedByKclItself(TaskType type) {
        handover.afterTaskExecution(done(type));

        assertEquals(List.of(), handedOver);
    }

    private static TaskExecutionListenerInput done(TaskType type) {
        var shard = new ShardInfo(SHARD, "token", List.of(), ExtendedSequenceNumber.TRIM_HORIZON);
        return TaskExecutionListenerInput.builder().shardInfo(shard).taskType(type).build();
    }
}
