package software.amazon.kinesis.multilang;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.concurrent.ExecutorService;
import java.util.function.IntConsumer;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.multilang.config.MultiLangDaemonConfiguration;

/**
 * KCL's multilang record processor, with its own way to fail.
 *
 * <p>When a child dies, KCL calls {@code System.exit} on one of its own threads; the shutdown hook
 * that this starts then waits for that very thread until the grace is over. Here the daemon ends at
 * once instead: nothing is checkpointed on the way, and the other children end with their pipes.
 */
final class ChildProcess extends MultiLangShardRecordProcessor {

    private final IntConsumer halt;
    private String shardId;

    /** @param halt ends the JVM with a status, without running hooks */
    ChildProcess(
            String[] command, ExecutorService executor, MultiLangDaemonConfiguration configuration, IntConsumer halt) {
        super(new ProcessBuilder(command), executor, new ObjectMapper(), configuration);
        this.halt = halt;
    }

    @Override
    public void initialize(InitializationInput input) {
        shardId = input.shardId();
        super.initialize(input);
    }

    @Override
    void exit() {
        try (var shard = Events.ofShard(shardId)) {
            Events.error("child_failed", "The record processor of {} failed; the daemon ends", shardId);
        } finally {
            // Should even the log fail: to return would let KCL go on behind the lost records.
            halt.accept(ExitStatus.FAILED);
        }
    }
}
