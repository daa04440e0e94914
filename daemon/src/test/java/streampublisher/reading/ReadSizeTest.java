package streampublisher.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

class ReadSizeTest {

    private static final int MOST = 1_000;

    private int shards = 1;
    private final ReadSize size = new ReadSize(MOST, () -> shards);

    @Test
    void aWorkerOfFewShardsReadsAsMuchAsAReadCanGive() {
        assertEquals(MOST, size.next());
        shards = 8;
        assertEquals(MOST, size.next());
    }

    @Test
    void aWorkerThatReadsNoShardYetAsksForTheMost() {
        shards = 0;

        assertEquals(MOST, size.next());
    }

    @Test
    void manyShardsShareTheBytes() {
        shards = 64;

        assertTrue(size.next() * 64 * 1_000L <= ReadSize.BYTES);
        assertTrue(size.next() > 100);
    }

    @Test
    void heavierRecordsAreReadInSmallerNumbers() {
        shards = 32;
        for (var read = 0; read < 50; read++) {
            size.read(records(100, 10_000));
        }

        assertEquals(ReadSize.BYTES / 32 / 10_000, size.next(), 1);
    }

    @Test
    void aFewHeavyRecordsDoNotCountForAll() {
        for (var read = 0; read < 50; read++) {
            size.read(records(1_000, 1_000));
            size.read(records(1, 100_000));
        }
        shards = 32;

        assertTrue(size.next() > ReadSize.BYTES / 32 / 1_500);
    }

    @Test
    void whatWasAskedForLastIsRemembered() throws Exception {
        assertEquals(MOST, size.last());
        shards = 64;
        var asked = size.next();
        shards = 1;

        assertEquals(asked, size.last());
        var another = new Thread(() -> assertEquals(MOST, size.next()));
        another.start();
        another.join();
        assertEquals(asked, size.last());
    }

    @Test
    void aReadWithoutRecordsSaysNothing() {
        shards = 32;
        var before = size.next();
        size.read(List.of());

        assertEquals(before, size.next());
    }

    @Test
    void thereIsALeast() {
        shards = 100_000_000;

        assertEquals(1, size.next());
    }

    private static List<KinesisClientRecord> records(int number, int bytes) {
        var record = KinesisClientRecord.builder().data(ByteBuffer.allocate(bytes)).build();
        return Collections.nCopies(number, record);
    }
}
