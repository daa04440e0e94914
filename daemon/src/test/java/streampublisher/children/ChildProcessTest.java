package streampublisher.children;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.beanutils.BeanUtilsBean;
import org.apache.commons.beanutils.ConvertUtilsBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.kinesis.checkpoint.ShardRecordProcessorCheckpointer;
import software.amazon.kinesis.leases.ShardInfo;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.multilang.config.MultiLangDaemonConfiguration;
import software.amazon.kinesis.processor.Checkpointer;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;
import streampublisher.telemetry.Metrics;
import streampublisher.telemetry.Standstills;
import streampublisher.testing.Eventually;
import streampublisher.testing.LoggedEvents;

/** What happens to a shard whose child fails or hangs. The children are real. */
@Timeout(30)
class ChildProcessTest {

    private static final String SHARD = "shardId-1";
    private static final int NO_LIMIT = 0;
    private static final long FOR_EVER = 0;
    private static final long SOON = 100;
    private static final String TIMER = "timer";
    private static final int KILLED = 137;
    /** The part of a script that requests a checkpoint and reads the answer. */
    private static final String CHECKPOINT =
            "echo '{\"action\": \"checkpoint\", \"sequenceNumber\": \"1\", \"subSequenceNumber\": 0}'; read -r line; ";

    private final List<String> givenUp = new CopyOnWriteArrayList<>();
    private final List<String> ends = new CopyOnWriteArrayList<>();
    private final AtomicInteger halts = new AtomicInteger();
    private final Standstills standstills = new Standstills(() -> 0);
    private final RunningChildren children = new RunningChildren();
    private final ShardFailures failures = new ShardFailures(
            NO_LIMIT, givenUp::add, ends::add, halts::incrementAndGet, new Metrics(0, "orders-publisher", "orders", () -> 0),
            standstills);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, TIMER));
    private final AtomicLong clock = new AtomicLong();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger signs = new AtomicInteger();
    private final ShardRecordProcessorCheckpointer checkpointer = new ShardRecordProcessorCheckpointer(
            new ShardInfo(SHARD, "token", List.of(), ExtendedSequenceNumber.TRIM_HORIZON), checkpoints());
    private LoggedEvents logged;

    @TempDir
    private Path folder;

    @BeforeEach
    void listen() {
        logged = new LoggedEvents();
    }

    @AfterEach
    void cleanUp() {
        logged.close();
        timer.shutdownNow();
        executor.shutdownNow();
    }

    @Test
    void aChildThatAnswersIsNoFailure() {
        var child = shell(answer("initialize") + answer("processRecords") + answer("shardEnded"));

        initialize(child);
        processRecords(child);
        end(child);

        assertNoFailure(child);
    }

    @Test
    void aChildRunsUntilItsShardHasEnded() {
        var child = shell(answer("initialize") + answer("shardEnded"));
        initialize(child);
        assertFalse(noneRuns());

        end(child);

        assertTrue(noneRuns());
    }

    @Test
    void aChildRunsUntilItsLeaseIsLost() {
        var child = shell(answer("initialize") + answer("leaseLost"));
        initialize(child);
        assertFalse(noneRuns());

        child.leaseLost(LeaseLostInput.builder().build());

        assertTrue(noneRuns());
    }

    @Test
    void aChildThatFailedRunsNoMore() {
        initialize(shell("exit 3"));

        assertTrue(noneRuns());
    }

    @Test
    void aChildThatHasNoTurnBeforeTheStopDoesNotRun() {
        failures.stop();

        initialize(shell(answer("initialize")));

        assertTrue(noneRuns());
    }

    @Test
    void aChildThatDiesLateLeavesTheNextOnesLeaseAlone() {
        var late = shell(answer("initialize") + "read -r line; exit 3");
        initialize(late);
        initialize(shell(answer("initialize") + "read -r line"));

        processRecords(late);

        assertTrue(late.isGone());
        assertEquals(List.of(), givenUp);
    }

    @Test
    void aProgramThatIsNotThereIsAFailure() {
        var child = child(FOR_EVER, "no-such-program");

        initialize(child);

        assertFailedOnce(child, -1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void aChildThatEndsAtItsStartIsAFailureWhateverItsStatus(int status) {
        var child = shell("exit " + status);

        initialize(child);

        assertFailedOnce(child, status);
    }

    @Test
    void aChildThatEndsWhileItProcessesIsAFailure() {
        var child = shell(answer("initialize") + "read -r line; exit 1");

        initialize(child);
        assertNoFailure(child);

        processRecords(child);
        assertFailedOnce(child, 1);
    }

    @Test
    void aChildThatAnswersWhatWasNotAskedIsAFailure() {
        var child = shell(answer("initialize") + answer("shardEnded"));

        initialize(child);
        processRecords(child);

        assertFailedOnce(child, 0);
    }

    @Test
    void aChildThatEndsAtTheEndOfItsShardIsAFailure() {
        var child = shell(answer("initialize") + "read -r line; exit 1");

        initialize(child);
        end(child);

        assertFailedOnce(child, 1);
    }

    @Test
    void aChildThatEndsWhenItsLeaseIsLostIsAFailure() {
        var child = shell(answer("initialize") + "read -r line; exit 1");

        initialize(child);
        lose(child);

        assertFailedOnce(child, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-program", "false"})
    void afterAFailedStartEverythingIsLeftAlone(String program) {
        var child = child(FOR_EVER, program);

        initialize(child);
        callEverything(child);

        assertFailedOnce(child, program.equals("false") ? 1 : -1);
    }

    @Test
    void afterAFailureEverythingIsLeftAlone() {
        var child = shell(answer("initialize") + "read -r line; exit 1");

        initialize(child);
        processRecords(child);
        callEverything(child);

        assertFailedOnce(child, 1);
    }

    @Test
    void aShardThatWasNeverBegunEndsWithoutAChild() {
        var child = child(FOR_EVER, "no-such-program");

        askToStop(child);
        lose(child);
        end(child);

        assertNoFailure(child);
    }

    @Test
    void theLogNamesTheShard() {
        initialize(shell("exit 7"));

        assertEquals(List.of("child_failed"), logged.names());
        assertEquals(List.of(SHARD), logged.shards());
        assertTrue(logged.messages().get(0).contains(SHARD + " failed with status 7"));
    }

    @Test
    void aChildCanAskForTheWorkersEnd() {
        var child = shell("exit " + ShardFailures.END_WORKER);

        initialize(child);

        assertEquals(1, ends.size());
        assertEquals(List.of(SHARD), givenUp);
    }

    @Test
    void aChildTellsWhyItFails() {
        var child = shell(answer("initialize") + "read -r line; "
                + "printf '\\036{\"reason\": \"is too large\", \"sequenceNumber\": \"9\"}\\n' >&2; exit 1");

        initialize(child);
        processRecords(child);

        Eventually.holds(() -> "is too large".equals(standstills.current().get(SHARD).reason()));
        var standstill = standstills.current().get(SHARD);
        assertEquals("9", standstill.before());
        assertEquals("TRIM_HORIZON", standstill.checkpoint());
        assertEquals(1, standstill.failures());
    }

    @Test
    void aCheckpointEndsAStandstill() {
        standstills.failed(SHARD, "TRIM_HORIZON", 1, 1, 0);
        var child = shell(answer("initialize") + "read -r line; " + CHECKPOINT + say("processRecords"));
        initialize(child);
        assertEquals(1, standstills.current().size());

        processRecords(child);

        assertEquals(0, standstills.current().size());
    }

    @Test
    void aLeaseThatIsLostEndsTheStandstillHereUnlessTheChildHasFailed() {
        standstills.failed(SHARD, "TRIM_HORIZON", 1, 1, 0);
        var failed = shell("exit 1");
        initialize(failed);
        failed.leaseLost(LeaseLostInput.builder().build());
        assertEquals(1, standstills.current().size());

        var child = shell(answer("initialize") + answer("leaseLost"));
        initialize(child);
        child.leaseLost(LeaseLostInput.builder().build());

        assertEquals(0, standstills.current().size());
    }

    @Test
    void aCheckpointEndsTheRow() {
        failures.failed(SHARD, "7", 1);
        var child = shell(answer("initialize") + "read -r line; " + CHECKPOINT + say("processRecords"));

        initialize(child);
        processRecords(child);
        failures.failed(SHARD, "7", 1);

        assertInARow(1);
    }

    @Test
    void aCheckpointEndsTheRowThoughTheChildDiesInTheSameCall() {
        failures.failed(SHARD, "7", 1);
        var child = shell(answer("initialize") + "read -r line; " + CHECKPOINT + "exit 1");

        initialize(child);
        processRecords(child);

        assertInARow(1);
    }

    @Test
    void anOldCheckpointDoesNotEndTheRowAgain() {
        var child = shell(answer("initialize") + "read -r line; " + CHECKPOINT + say("processRecords")
                + answer("processRecords"));

        initialize(child);
        processRecords(child);
        failures.failed(SHARD, "7", 1);
        processRecords(child);
        failures.failed(SHARD, "7", 1);

        assertInARow(2);
    }

    @Test
    void recordsThatAreOnlyHeldDoNotEndTheRow() {
        failures.failed(SHARD, "7", 1);
        var child = shell(answer("initialize") + answer("processRecords"));

        initialize(child);
        processRecords(child);
        failures.failed(SHARD, "7", 1);

        assertInARow(2);
    }

    @Test
    void recordsThatAreNotDoneDoNotEndTheRow() {
        failures.failed(SHARD, "7", 1);
        var child = shell(answer("initialize") + "read -r line; exit 1");

        initialize(child);
        processRecords(child);

        assertInARow(2);
    }

    @Test
    void aShardThatWaitsWhenTheWorkerStopsGetsNoChild() throws Exception {
        var started = folder.resolve("started");
        for (var failure = 0; failure < 7; failure++) {
            failures.failed(SHARD, "7", 1);
        }
        var child = shell("touch " + started);
        var waiting = new Thread(() -> initialize(child));
        waiting.start();
        Eventually.holds(() -> waiting.getState() == Thread.State.TIMED_WAITING);

        failures.stop();
        waiting.join();
        callEverything(child);

        assertTrue(child.isGone());
        assertFalse(Files.exists(started));
        assertEquals(7, givenUp.size());
    }

    @ParameterizedTest
    // The last one is a shell that goes on once its own child is gone.
    @ValueSource(strings = {"%s; exec sleep 40", "%s; kill -STOP $$", "sleep 40 & %s; wait; true"})
    void aChildThatHangsWhileItProcessesIsKilled(String hanging) {
        var child = shell(SOON, answer("initialize") + "read -r line; " + String.format(hanging, hang()));

        initialize(child);
        assertNoFailure(child);
        processRecords(child);

        assertKilled(child);
    }

    @Test
    void aChildThatHangsAtItsStartIsKilled() {
        var child = shell(SOON, hang() + "; exec sleep 40");

        initialize(child);

        assertKilled(child);
    }

    @Test
    void aChildThatAnswersAndDoesNotEndIsKilled() {
        var child = shell(SOON, answer("initialize") + answer("leaseLost") + hang() + "; exec sleep 40");

        initialize(child);
        lose(child);

        Eventually.holds(() -> logged.names().contains("child_hung"));
        assertEquals(List.of(), givenUp);
    }

    @Test
    void aSlowChildThatWritesLinesIsLeftAlive() throws Exception {
        // An empty line is a sign of life too, and is not logged.
        var slowly = "read -r line; for turn in 1 2 3 4 5; do " + await("$turn") + "echo >&2; done; " + await("end");
        var child = shell(SOON, answer("initialize") + slowly + say("processRecords"));

        initialize(child);
        var working = expectSign(() -> executor.submit(() -> processRecords(child)));
        for (var turn : List.of("1", "2", "3", "4", "5")) {
            clock.addAndGet(SOON / 2);
            expectSign(() -> let(turn));
        }
        letItLook();
        let("end");
        working.get();

        assertNoFailure(child);
    }

    /** The part of a script after which the time-out is over. */
    private String hang() {
        return "touch " + hangs();
    }

    private Path hangs() {
        return folder.resolve("hangs");
    }

    /** The part of a script that waits for the test. */
    private String await(String turn) {
        return "until [ -e " + folder + "/" + turn + " ]; do sleep 0.01; done; ";
    }

    private Path let(String turn) throws IOException {
        return Files.createFile(folder.resolve(turn));
    }

    /** Runs an action, and returns once the watchdog has got a sign of life. */
    private <T> T expectSign(Callable<T> action) throws Exception {
        var before = signs.get();
        var result = action.call();
        Eventually.holds(() -> signs.get() > before);
        return result;
    }

    /** Returns once the watchdog has acted on the present time of the clock. */
    private void letItLook() {
        var before = looks.get();
        Eventually.holds(() -> looks.get() >= before + 3);
    }

    /** A clock that a test moves on. It jumps when a child hangs, so that a slow machine changes nothing. */
    private long now() {
        (Thread.currentThread().getName().equals(TIMER) ? looks : signs).incrementAndGet();
        return clock.get() + (Files.exists(hangs()) ? SOON + 1 : 0);
    }

    /** The part of a script that reads a message and answers that the action is done. */
    private static String answer(String action) {
        return "read -r line; " + say(action);
    }

    private static String say(String action) {
        return "echo '{\"action\": \"status\", \"responseFor\": \"" + action + "\"}'; ";
    }

    private ChildProcess shell(String script) {
        return shell(FOR_EVER, script);
    }

    private ChildProcess shell(long timeoutMillis, String script) {
        return child(timeoutMillis, "sh", "-c", script);
    }

    private ChildProcess child(long timeoutMillis, String... command) {
        var configuration = new MultiLangDaemonConfiguration(new BeanUtilsBean(), new ConvertUtilsBean());
        var watchdog = new Watchdog(timer, this::now, timeoutMillis);
        return new ChildProcess(command, executor, configuration, children, failures, standstills, watchdog);
    }

    private void initialize(ShardRecordProcessor child) {
        // KCL does this before it initializes a record processor.
        checkpointer.setInitialCheckpointValue(ExtendedSequenceNumber.TRIM_HORIZON);
        child.initialize(InitializationInput.builder()
                .shardId(SHARD)
                .extendedSequenceNumber(ExtendedSequenceNumber.TRIM_HORIZON)
                .build());
    }

    private void processRecords(ShardRecordProcessor child) {
        process(
                child,
                List.of(KinesisClientRecord.builder()
                        .sequenceNumber("1")
                        .partitionKey("1")
                        .approximateArrivalTimestamp(Instant.EPOCH)
                        .data(ByteBuffer.allocate(0))
                        .build()));
    }

    private void callWithoutRecords(ShardRecordProcessor child) {
        process(child, List.of());
    }

    private void process(ShardRecordProcessor child, List<KinesisClientRecord> records) {
        checkpointer.largestPermittedCheckpointValue(new ExtendedSequenceNumber("1", 0L));
        child.processRecords(ProcessRecordsInput.builder()
                .records(records)
                .checkpointer(checkpointer)
                .millisBehindLatest(0L)
                .build());
    }

    /** A lease table that accepts every checkpoint. */
    private static Checkpointer checkpoints() {
        return (Checkpointer) Proxy.newProxyInstance(
                Checkpointer.class.getClassLoader(), new Class<?>[] {Checkpointer.class}, (self, method, given) -> null);
    }

    private static void end(ShardRecordProcessor child) {
        child.shardEnded(ShardEndedInput.builder().build());
    }

    private static void lose(ShardRecordProcessor child) {
        child.leaseLost(LeaseLostInput.builder().build());
    }

    private static void askToStop(ShardRecordProcessor child) {
        child.shutdownRequested(ShutdownRequestedInput.builder().build());
    }

    private void callEverything(ShardRecordProcessor child) {
        processRecords(child);
        callWithoutRecords(child);
        askToStop(child);
        lose(child);
        end(child);
    }

    private boolean noneRuns() {
        return children.none().isDone();
    }

    private void assertNoFailure(ChildProcess child) {
        assertFalse(child.isGone());
        assertEquals(List.of(), logged.names());
        assertEquals(List.of(), givenUp);
        assertWorkerGoesOn();
    }

    private void assertFailedOnce(ChildProcess child, int status) {
        assertTrue(child.isGone());
        assertEquals(List.of("child_failed"), logged.names());
        assertTrue(logged.messages().get(0).contains("failed with status " + status + ","), logged.messages()::toString);
        assertEquals(List.of(SHARD), givenUp);
        assertWorkerGoesOn();
    }

    private void assertKilled(ChildProcess child) {
        // The watchdog may fire again while the failure is handled.
        var names = logged.names();
        var failed = logged.messages().get(names.indexOf("child_failed"));
        assertTrue(child.isGone());
        assertEquals("child_hung", names.get(0));
        assertEquals(1, Collections.frequency(names, "child_failed"));
        assertTrue(failed.contains("failed with status " + KILLED), failed);
        assertTrue(logged.shards().stream().allMatch(SHARD::equals), logged.shards()::toString);
        assertEquals(List.of(SHARD), givenUp);
        assertWorkerGoesOn();
    }

    private void assertInARow(int times) {
        var last = logged.messages().get(logged.messages().size() - 1);
        assertTrue(last.contains(times + " in a row"), last);
    }

    private void assertWorkerGoesOn() {
        assertEquals(List.of(), ends);
        assertEquals(0, halts.get());
    }
}
