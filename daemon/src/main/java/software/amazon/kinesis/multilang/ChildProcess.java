package software.amazon.kinesis.multilang;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import software.amazon.kinesis.checkpoint.ShardRecordProcessorCheckpointer;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.multilang.config.MultiLangDaemonConfiguration;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

/**
 * KCL's multilang record processor, with its own way to fail.
 *
 * <p>When a child dies, KCL's ends the JVM, and every other shard with it. Here the shard's lease is
 * given up. Until KCL has noticed that, it may hand over further records: they are left alone, which
 * loses none of them, since only a child makes checkpoints and this shard has none any more.
 */
final class ChildProcess extends MultiLangShardRecordProcessor {

    private static final int NO_STATUS = -1;

    private final RunningChildren children;
    private final ShardFailures failures;
    private final Watchdog watchdog;
    private String shardId;
    private ExtendedSequenceNumber checkpoint;
    private volatile Process process;
    private volatile boolean gone;

    /**
     * @param children knows which run
     * @param failures learns of a child that dies
     * @param watchdog notices one that hangs
     */
    ChildProcess(
            String[] command,
            ExecutorService executor,
            MultiLangDaemonConfiguration configuration,
            RunningChildren children,
            ShardFailures failures,
            Watchdog watchdog) {
        super(
                new ProcessBuilder(command),
                executor,
                new ObjectMapper(),
                new MessageWriter(),
                new MessageReader(),
                new ChildErrors(watchdog::sign),
                configuration);
        this.children = children;
        this.failures = failures;
        this.watchdog = watchdog;
        children.made(this);
    }

    @Override
    public void initialize(InitializationInput input) {
        shardId = input.shardId();
        checkpoint = input.extendedSequenceNumber();
        children.started(this, shardId);
        if (failures.awaitTurn(shardId)) {
            unlessGone(() -> super.initialize(input));
        } else {
            gone = true;
            children.ended(this);
        }
    }

    @Override
    public void processRecords(ProcessRecordsInput input) {
        unlessGone(() -> super.processRecords(input));
        if (!gone && hasAdvanced(input.checkpointer())) {
            failures.mended(shardId);
        }
    }

    /** Records that are answered may only be held, and be refused when they are published. */
    private boolean hasAdvanced(RecordProcessorCheckpointer checkpointer) {
        var before = checkpoint;
        if (checkpointer instanceof ShardRecordProcessorCheckpointer kcls) {
            checkpoint = kcls.lastCheckpointValue();
        }
        return checkpoint != null && !checkpoint.equals(before);
    }

    @Override
    public void leaseLost(LeaseLostInput input) {
        unlessGone(() -> super.leaseLost(input));
        children.ended(this);
    }

    @Override
    public void shardEnded(ShardEndedInput input) {
        unlessGone(() -> super.shardEnded(input));
        children.ended(this);
    }

    @Override
    public void shutdownRequested(ShutdownRequestedInput input) {
        unlessGone(() -> super.shutdownRequested(input));
    }

    /** Whether there is no child, or none any more. */
    boolean isGone() {
        return gone;
    }

    private void unlessGone(Runnable action) {
        if (!gone) {
            watchdog.during(action, this::kill);
        }
    }

    private void kill() {
        try (var shard = Events.ofShard(shardId)) {
            Events.error("child_hung", "The record processor of {} neither answers nor writes; it is killed", shardId);
        }
        if (process != null) {
            // Where the child is a shell, what it started holds its pipes, and would be waited for; the shell
            // goes first, since it would go on.
            var descendants = process.descendants().toList();
            process.destroyForcibly();
            descendants.forEach(ProcessHandle::destroyForcibly);
        }
    }

    @Override
    Process startProcess() throws IOException {
        process = super.startProcess();
        return process;
    }

    @Override
    void exit() {
        gone = true;
        children.ended(this);
        // Where the shard was lost and taken again meanwhile, its lease is that of the next child.
        if (!children.shards().contains(shardId)) {
            failures.failed(shardId, status());
        }
    }

    private int status() {
        return process == null || process.isAlive() ? NO_STATUS : process.exitValue();
    }
}
