package software.amazon.kinesis.multilang;

import java.util.List;
import java.util.function.IntSupplier;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/**
 * How many records a read asks for, so that what a worker's shards hold together fits its heap.
 *
 * <p>Each shard holds what is being published and the read after it. A read of a thousand records is
 * several megabytes, and a worker may have a hundred shards with a backlog: they share a fixed
 * number of bytes, by the weight of the records that came before.
 */
final class ReadSize {

    /** What one read of every shard may come to, in bytes of JSON; Java needs a multiple of it. */
    static final int BYTES = 8 << 20;

    /** Fewer would cost more calls than they save bytes. */
    static final int LEAST = 10;

    /** Of a record with few attributes, until it is known better. */
    private static final double FIRST_WEIGHT = 1_000;

    private static final double NEWEST = 0.2;

    private final int most;
    private final IntSupplier shards;
    private volatile double weight = FIRST_WEIGHT;

    /**
     * @param most records of a read, whatever they weigh
     * @param shards tells how many shards are read by this worker
     */
    ReadSize(int most, IntSupplier shards) {
        this.most = most;
        this.shards = shards;
    }

    /** The most records of the next read. */
    int limit() {
        var fitting = BYTES / weight / Math.max(1, shards.getAsInt());
        return (int) Math.min(most, Math.max(LEAST, fitting));
    }

    /** These have been read. */
    void read(List<KinesisClientRecord> records) {
        if (!records.isEmpty()) {
            var bytes = records.stream().mapToLong(record -> record.data().limit()).sum();
            weight += NEWEST * ((double) bytes / records.size() - weight);
        }
    }
}
