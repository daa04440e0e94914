package streampublisher.children;

import java.util.concurrent.ExecutorService;
import software.amazon.kinesis.checkpoint.ShardRecordProcessorCheckpointer;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.multilang.MultiLangChild;
import software.amazon.kinesis.multilang.config.MultiLangDaemonConfiguration;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;
import streampublisher.telemetry.Events;
import streampublisher.telemetry.Standstills;

/**
 * A shard's child process. If it fails, the shard loses its lease, and other shards go on.
 *
 * <p>KCL may deliver more records until it notices that the lease is gone. They are ignored. None is
 * lost: only a child makes checkpoints, and the shard has no child any more.
 */
final class ChildProcess extends MultiLangChild {

    private static final int NO_STATUS = -1;

    private final RunningChildren children;
    private final ShardFailures failures;
    private final Standstills standstills;
    private final Watchdog watchdog;
    private String shardId;
    private ExtendedSequenceNumber checkpoint;
    /** Tells which checkpoint KCL has written, also after the child has died in the call that made it. */
    private RecordProcessorCheckpointer checkpointer;
    private volatile Process process;
    private volatile boolean gone;

    /**
     * @param children knows which children run
     * @param failures is told when the child fails
     * @param standstills is told why the shard makes no progress
     * @param watchdog notices when the child hangs
     */
    ChildProcess(
            String[] command,
            ExecutorService executor,
            MultiLangDaemonConfiguration configuration,
            RunningChildren children,
            ShardFailures failures,
            Standstills standstills,
            Watchdog watchdog) {
        super(command, executor, configuration, watchdog::sign);
        this.children = children;
        this.failures = failures;
        this.standstills = standstills;
        this.watchdog = watchdog;
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
        checkpointer = input.checkpointer();
        unlessGone(() -> super.processRecords(input));
        noteCheckpoint();
    }

    /** An answer proves nothing: the child may hold the records, and SNS may refuse them later. */
    private void noteCheckpoint() {
        if (hasAdvanced()) {
            failures.recovered(shardId);
            standstills.over(shardId);
        }
    }

    private boolean hasAdvanced() {
        var before = checkpoint;
        checkpoint = lastCheckpoint();
        return checkpoint != null && !checkpoint.equals(before);
    }

    @Override
    public void leaseLost(LeaseLostInput input) {
        unlessGone(() -> super.leaseLost(input));
        leave();
    }

    @Override
    public void shardEnded(ShardEndedInput input) {
        checkpointer = input.checkpointer();
        unlessGone(() -> super.shardEnded(input));
        leave();
    }

    /** The shard has ended, or another worker has it. If the child has failed, it comes back. */
    private void leave() {
        if (!gone) {
            standstills.over(shardId);
        }
        children.ended(this);
    }

    @Override
    public void shutdownRequested(ShutdownRequestedInput input) {
        checkpointer = input.checkpointer();
        unlessGone(() -> super.shutdownRequested(input));
    }

    /** Whether the child has failed, or was never started because the worker stops. */
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
            // Where the child is a shell, its own children hold its pipes, and KCL would wait for them. The shell
            // is killed first, or it would run its next command.
            var descendants = process.descendants().toList();
            process.destroyForcibly();
            descendants.forEach(ProcessHandle::destroyForcibly);
        }
    }

    @Override
    protected void started(Process started) {
        process = started;
    }

    @Override
    protected void told(String report) {
        standstills.told(shardId, lastCheckpoint().sequenceNumber(), report);
    }

    @Override
    protected void failed() {
        gone = true;
        children.ended(this);
        // If another child runs for this shard, the lease was lost and taken again. It belongs to that child.
        if (!children.shards().contains(shardId)) {
            if (hasAdvanced()) {
                failures.recovered(shardId);
            }
            failures.failed(shardId, lastCheckpoint().sequenceNumber(), status());
        }
    }

    /** As the lease has it. */
    private ExtendedSequenceNumber lastCheckpoint() {
        var made = checkpointer instanceof ShardRecordProcessorCheckpointer kcls ? kcls.lastCheckpointValue() : null;
        return made == null ? checkpoint : made;
    }

    private int status() {
        return process == null || process.isAlive() ? NO_STATUS : process.exitValue();
    }
}
