package streampublisher.children;

import com.amazonaws.services.dynamodbv2.streamsadapter.model.DynamoDBStreamsProcessRecordsInput;
import com.amazonaws.services.dynamodbv2.streamsadapter.processor.DynamoDBStreamsShardRecordProcessor;
import java.util.function.BooleanSupplier;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import streampublisher.telemetry.Events;
import streampublisher.telemetry.Health;

/**
 * Passes the adapter's calls on to a multilang record processor, and reports them to the health check.
 *
 * <p>The adapter accepts record processors of its own type only. Its records are KCL records. Their
 * data is the change as JSON, which is all that the protocol carries. So they pass unchanged.
 */
final class StreamsRecordProcessor implements DynamoDBStreamsShardRecordProcessor {

    private final ShardRecordProcessor child;
    private final BooleanSupplier gone;
    private final Health health;
    private String shardId;

    /** @param gone tells whether the child has failed or was never started */
    StreamsRecordProcessor(ShardRecordProcessor child, BooleanSupplier gone, Health health) {
        this.child = child;
        this.gone = gone;
        this.health = health;
    }

    @Override
    public void initialize(InitializationInput input) {
        shardId = input.shardId();
        watched(() -> child.initialize(input));
        if (gone.getAsBoolean()) {
            return;
        }
        try (var shard = Events.ofShard(shardId)) {
            Events.info("shard_started", "Started a record processor for {}", shardId);
        }
    }

    @Override
    public void processRecords(ProcessRecordsInput input) {
        watched(() -> child.processRecords(input));
    }

    @Override
    public void processRecords(DynamoDBStreamsProcessRecordsInput input) {
        throw new UnsupportedOperationException("the adapter calls processRecords(ProcessRecordsInput)");
    }

    @Override
    public void leaseLost(LeaseLostInput input) {
        finish("its lease is lost", () -> child.leaseLost(input));
    }

    @Override
    public void shardEnded(ShardEndedInput input) {
        finish("the shard has ended", () -> child.shardEnded(input));
    }

    @Override
    public void shutdownRequested(ShutdownRequestedInput input) {
        watched(() -> child.shutdownRequested(input));
    }

    private void watched(Runnable action) {
        // KCL may stop or end a shard before it has initialized it.
        if (shardId == null) {
            action.run();
            return;
        }
        health.began(shardId);
        action.run();
        health.answered(shardId);
    }

    private void finish(String reason, Runnable action) {
        watched(action);
        if (shardId == null) {
            return;
        }
        health.gone(shardId);
        try (var shard = Events.ofShard(shardId)) {
            Events.info("shard_finished", "Finished {}: {}", shardId, reason);
        }
    }
}
