package software.amazon.kinesis.multilang;

import java.util.List;
import java.util.function.IntSupplier;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/**
 * How many records a read asks for, so that what a worker's shards hold together fits its heap.
 *
 * <p>Each shard holds what is being published, the read before it and the one after it. A read of a
 * thousand records is several megabytes, and a worker may have a hundred shards with a backlog: they
 * share a fixed number of bytes, by the weight of the records that came before.
 */
final class ReadSize {

    /** What one read of every shard may come to, in bytes of JSON; Java needs a multiple of it. */
    static final int BYTES = 8 << 20;

    /** Of the reads before the last one, what still counts. */
    private static final double REMEMBERED = 0.8;

    private final int most;
    private final IntSupplier shards;
    /** KCL has a thread for each shard, which asks for the pause after a read, too. */
    private final ThreadLocal<Integer> last = new ThreadLocal<>();
    /** Records of a kilobyte, until they are known better. */
    private double records = 1;

    private double bytes = 1_000;

    /**
     * @param most records of a read, whatever they weigh
     * @param shards tells how many shards are read by this worker
     */
    ReadSize(int most, IntSupplier shards) {
        this.most = most;
        this.shards = shards;
    }

    /** The most records of this thread's next read. */
    int next() {
        var fitting = BYTES / weight() / Math.max(1, shards.getAsInt());
        var limit = (int) Math.min(most, Math.max(1, fitting));
        last.set(limit);
        return limit;
    }

    /** The most records of this thread's last read. */
    int last() {
        return last.get() == null ? most : last.get();
    }

    /** These have been read. */
    synchronized void read(List<KinesisClientRecord> page) {
        if (!page.isEmpty()) {
            records = REMEMBERED * records + page.size();
            bytes = REMEMBERED * bytes + page.stream().mapToLong(record -> record.data().limit()).sum();
        }
    }

    private synchronized double weight() {
        return bytes / records;
    }
}
