package software.amazon.kinesis.multilang;

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
        assertEquals(MOST, size.limit());
        shards = 8;
        assertEquals(MOST, size.limit());
    }

    @Test
    void aWorkerThatReadsNoShardYetAsksForTheMost() {
        shards = 0;

        assertEquals(MOST, size.limit());
    }

    @Test
    void manyShardsShareTheBytes() {
        shards = 64;

        assertTrue(size.limit() * 64 * 1_000L <= ReadSize.BYTES);
        assertTrue(size.limit() > 100);
    }

    @Test
    void heavierRecordsAreReadInSmallerNumbers() {
        shards = 32;
        for (var read = 0; read < 50; read++) {
            size.read(records(100, 10_000));
        }

        assertEquals(ReadSize.BYTES / 32 / 10_000, size.limit(), 1);
    }

    @Test
    void aFewHeavyRecordsDoNotCountForAll() {
        shards = 32;
        var before = size.limit();
        size.read(records(1, 2_000));

        assertTrue(size.limit() < before);
        assertTrue(size.limit() > before / 2);
    }

    @Test
    void aReadWithoutRecordsSaysNothing() {
        shards = 32;
        var before = size.limit();
        size.read(List.of());

        assertEquals(before, size.limit());
    }

    @Test
    void thereIsALeast() {
        shards = 100_000;

        assertEquals(ReadSize.LEAST, size.limit());
    }

    private static List<KinesisClientRecord> records(int number, int bytes) {
        var record = KinesisClientRecord.builder().data(ByteBuffer.allocate(bytes)).build();
        return Collections.nCopies(number, record);
    }
}
