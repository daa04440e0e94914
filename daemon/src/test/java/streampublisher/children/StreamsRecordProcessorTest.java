package streampublisher.children;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.amazonaws.services.dynamodbv2.streamsadapter.model.DynamoDBStreamsProcessRecordsInput;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import streampublisher.telemetry.Health;
import streampublisher.testing.LoggedEvents;

/** Which calls reach the child, and what is logged and reported about them. */
class StreamsRecordProcessorTest {

    private static final String SHARD = "shardId-1";
    private static final InitializationInput INITIALIZATION =
            InitializationInput.builder().shardId(SHARD).build();
    private static final ProcessRecordsInput RECORDS =
            ProcessRecordsInput.builder().records(List.of()).build();
    private static final LeaseLostInput LOST = LeaseLostInput.builder().build();
    private static final ShardEndedInput ENDED = ShardEndedInput.builder().build();
    private static final ShutdownRequestedInput REQUESTED =
            ShutdownRequestedInput.builder().build();

    private final Health health = new Health(() -> 0, 1_000, true);
    private final Child child = new Child();
    private final StreamsRecordProcessor processor = new StreamsRecordProcessor(child, () -> child.gone, health);
    private LoggedEvents logged;

    @BeforeEach
    void listen() {
        logged = new LoggedEvents();
    }

    @AfterEach
    void stopListening() {
        logged.close();
    }

    @Test
    void everyCallReachesTheChildInOrder() {
        processor.initialize(INITIALIZATION);
        processor.processRecords(RECORDS);
        processor.processRecords(RECORDS);
        processor.shutdownRequested(REQUESTED);
        processor.leaseLost(LOST);
        processor.shardEnded(ENDED);

        assertEquals(6, child.inputs.size());
        assertSame(INITIALIZATION, child.inputs.get(0));
        assertSame(RECORDS, child.inputs.get(1));
        assertSame(RECORDS, child.inputs.get(2));
        assertSame(REQUESTED, child.inputs.get(3));
        assertSame(LOST, child.inputs.get(4));
        assertSame(ENDED, child.inputs.get(5));
    }

    @Test
    void theShardIsProcessingDuringEachCall() {
        processor.initialize(INITIALIZATION);
        processor.processRecords(RECORDS);
        processor.shutdownRequested(REQUESTED);
        processor.shardEnded(ENDED);

        assertEquals(List.of("processing", "processing", "processing", "processing"), child.statesDuring);
    }

    @Test
    void theShardIsIdleAfterEachCall() {
        processor.initialize(INITIALIZATION);
        assertEquals("idle", state());

        processor.processRecords(RECORDS);
        assertEquals("idle", state());

        processor.shutdownRequested(REQUESTED);
        assertEquals("idle", state());
    }

    @Test
    void theShardIsGoneAfterItsEnd() {
        processor.initialize(INITIALIZATION);
        processor.shardEnded(ENDED);

        assertEquals("unknown", state());
    }

    @Test
    void theShardIsGoneAfterItsLeaseIsLost() {
        processor.initialize(INITIALIZATION);
        processor.leaseLost(LOST);

        assertEquals("unknown", state());
    }

    @Test
    void aChildThatThrowsIsStillProcessingForHealth() {
        processor.initialize(INITIALIZATION);
        child.failure = new IllegalStateException("no");

        assertSame(
                child.failure, assertThrows(IllegalStateException.class, () -> processor.processRecords(RECORDS)));
        assertEquals("processing", state());
    }

    @Test
    void theStartIsLoggedWithTheShard() {
        processor.initialize(INITIALIZATION);

        assertEquals(List.of("shard_started"), logged.names());
        assertEquals(List.of(SHARD), logged.shards());
    }

    @Test
    void aChildThatIsGoneAtTheStartIsNotLoggedAsStarted() {
        child.gone = true;

        processor.initialize(INITIALIZATION);

        assertEquals(List.of(), logged.names());
        assertEquals("idle", state());
    }

    @Test
    void theEndIsLoggedWithTheShardAndTheReason() {
        processor.initialize(INITIALIZATION);
        processor.shardEnded(ENDED);

        assertEquals(List.of("shard_started", "shard_finished"), logged.names());
        assertEquals(List.of(SHARD, SHARD), logged.shards());
        assertEquals("Finished shardId-1: the shard has ended", logged.messages().get(1));
    }

    @Test
    void aLostLeaseIsLoggedAsSuch() {
        processor.initialize(INITIALIZATION);
        processor.leaseLost(LOST);

        assertEquals("Finished shardId-1: its lease is lost", logged.messages().get(1));
    }

    @Test
    void aShardThatWasNeverBegunCanEndOrBeLostOrBeAskedToStop() {
        processor.shutdownRequested(REQUESTED);
        processor.leaseLost(LOST);
        processor.shardEnded(ENDED);

        assertEquals(List.of(REQUESTED, LOST, ENDED), child.inputs);
        assertEquals(List.of(), logged.names());
    }

    @Test
    void theAdaptersOwnRecordsAreRefused() {
        var input = DynamoDBStreamsProcessRecordsInput.builder().build();

        assertThrows(UnsupportedOperationException.class, () -> processor.processRecords(input));
    }

    private String state() {
        var shard = health.report().shards().get(SHARD);
        return shard == null ? "unknown" : shard.state();
    }

    /** Keeps the inputs of its calls, and the state of the shard during each call. */
    private final class Child implements ShardRecordProcessor {

        private final List<Object> inputs = new ArrayList<>();
        private final List<String> statesDuring = new ArrayList<>();
        private RuntimeException failure;
        private boolean gone;

        @Override
        public void initialize(InitializationInput input) {
            note(input);
        }

        @Override
        public void processRecords(ProcessRecordsInput input) {
            note(input);
        }

        @Override
        public void leaseLost(LeaseLostInput input) {
            note(input);
        }

        @Override
        public void shardEnded(ShardEndedInput input) {
            note(input);
        }

        @Override
        public void shutdownRequested(ShutdownRequestedInput input) {
            note(input);
        }

        private void note(Object input) {
            inputs.add(input);
            statesDuring.add(state());
            if (failure != null) {
                throw failure;
            }
        }
    }
}
