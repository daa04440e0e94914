package streampublisher.reading;

import java.util.List;
import java.util.function.IntSupplier;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/**
 * How many records a read asks for. The reads of all shards together must fit the worker's heap.
 *
 * <p>Each shard holds three reads: the one that is being published, the one before it and the next one.
 * A read of a thousand records is several megabytes, and a worker may have a hundred shards with a
 * backlog. So the shards share a fixed number of bytes. The size of earlier records predicts the size of
 * the next ones.
 */
final class ReadSize {

    /** The bytes of JSON that one read of every shard may have in total. Java needs a multiple of it. */
    static final int BYTES = 8 << 20;

    /** The share that all earlier reads keep in the average when a new one comes. */
    private static final double REMEMBERED = 0.8;

    private final int most;
    private final IntSupplier shards;
    /** KCL has one thread for each shard. It also asks for the pause after a read. */
    private final ThreadLocal<Integer> last = new ThreadLocal<>();
    /** The average begins with one record of a kilobyte. */
    private double records = 1;

    private double bytes = 1_000;

    /**
     * @param most the most records of a read, even if they are small
     * @param shards tells how many shards this worker reads
     */
    ReadSize(int most, IntSupplier shards) {
        this.most = most;
        this.shards = shards;
    }

    /** Returns the most records of this thread's next read. */
    int next() {
        var fitting = BYTES / bytesOfRecord() / Math.max(1, shards.getAsInt());
        var limit = (int) Math.min(most, Math.max(1, fitting));
        last.set(limit);
        return limit;
    }

    /** Returns the most records of this thread's last read. */
    int last() {
        return last.get() == null ? most : last.get();
    }

    /** Learns from the records of a read. */
    synchronized void read(List<KinesisClientRecord> page) {
        if (!page.isEmpty()) {
            records = REMEMBERED * records + page.size();
            bytes = REMEMBERED * bytes + page.stream().mapToLong(record -> record.data().limit()).sum();
        }
    }

    private synchronized double bytesOfRecord() {
        return bytes / records;
    }
}
