package software.amazon.kinesis.multilang;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.commons.beanutils.BeanUtilsBean;
import org.apache.commons.beanutils.ConvertUtilsBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.multilang.config.MultiLangDaemonConfiguration;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

/** How the daemon ends when a child fails, with real children. */
@Timeout(30)
class ChildProcessTest {

    private static final List<Integer> NOT_HALTED = List.of();
    private static final List<Integer> HALTED_ONCE = List.of(ExitStatus.FAILED);

    private final List<Integer> halts = new CopyOnWriteArrayList<>();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private LoggedEvents logged;

    @BeforeEach
    void listen() {
        logged = new LoggedEvents();
    }

    @AfterEach
    void cleanUp() {
        logged.close();
        executor.shutdownNow();
    }

    @Test
    void aChildThatAnswersIsNoFailure() {
        var child = shell(answer("initialize") + answer("processRecords") + answer("shardEnded"));

        initialize(child);
        processRecords(child);
        child.shardEnded(ShardEndedInput.builder().build());

        assertEquals(NOT_HALTED, halts);
        assertEquals(List.of(), logged.names());
    }

    @Test
    void aProgramThatIsNotThereHaltsOnce() {
        initialize(child("no-such-program"));

        assertEquals(HALTED_ONCE, halts);
    }

    @Test
    void aChildThatEndsAtItsStartHaltsOnce() {
        initialize(shell("exit 3"));

        assertEquals(HALTED_ONCE, halts);
    }

    @Test
    void aChildThatEndsWithSuccessTooEarlyHaltsAllTheSame() {
        initialize(shell("exit 0"));

        assertEquals(HALTED_ONCE, halts);
    }

    @Test
    void aChildThatEndsWhileItProcessesHaltsOnce() {
        var child = shell(answer("initialize") + "read -r line; exit 1");

        initialize(child);
        assertEquals(NOT_HALTED, halts);

        processRecords(child);
        assertEquals(HALTED_ONCE, halts);
    }

    @Test
    void aChildThatAnswersWhatWasNotAskedHaltsOnce() {
        var child = shell(answer("initialize") + answer("shardEnded"));

        initialize(child);
        processRecords(child);

        assertEquals(HALTED_ONCE, halts);
    }

    @Test
    void aChildThatEndsAtTheEndOfItsShardHaltsOnce() {
        var child = shell(answer("initialize") + "read -r line; exit 1");

        initialize(child);
        child.shardEnded(ShardEndedInput.builder().build());

        assertEquals(HALTED_ONCE, halts);
    }

    @Test
    void theLogNamesTheShard() {
        initialize(shell("exit 3"));

        assertEquals(List.of("child_failed"), logged.names());
        assertEquals(List.of("shardId-1"), logged.shards());
        assertTrue(logged.messages().get(0).contains("shardId-1"));
    }

    @Test
    void aShardThatWasNeverBegunEndsWithoutAChild() {
        var child = child("no-such-program");

        child.shutdownRequested(ShutdownRequestedInput.builder().build());
        child.leaseLost(LeaseLostInput.builder().build());

        assertEquals(NOT_HALTED, halts);
    }

    /** The part of a shell's script that reads a message and answers that the action is done. */
    private static String answer(String action) {
        return "read -r line; echo '{\"action\": \"status\", \"responseFor\": \"" + action + "\"}'; ";
    }

    private ShardRecordProcessor shell(String script) {
        return child("sh", "-c", script);
    }

    private ShardRecordProcessor child(String... command) {
        var configuration = new MultiLangDaemonConfiguration(new BeanUtilsBean(), new ConvertUtilsBean());
        return new ChildProcess(command, executor, configuration, halts::add);
    }

    private static void initialize(ShardRecordProcessor child) {
        child.initialize(InitializationInput.builder()
                .shardId("shardId-1")
                .extendedSequenceNumber(ExtendedSequenceNumber.TRIM_HORIZON)
                .build());
    }

    private static void processRecords(ShardRecordProcessor child) {
        child.processRecords(ProcessRecordsInput.builder()
                .records(List.of())
                .millisBehindLatest(0L)
                .build());
    }
}
