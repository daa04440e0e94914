package streampublisher.reading;

import java.time.Duration;
import java.time.Instant;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import software.amazon.kinesis.retrieval.polling.SleepTimeController;
import software.amazon.kinesis.retrieval.polling.SleepTimeControllerConfig;

/**
 * How long a shard's reader waits before its next read.
 *
 * <p>In a backlog it waits for {@link #BEHIND_MILLIS}, so that publishing sets the speed. Otherwise it
 * waits for the pause that is set, and twice that on a quiet shard. The adapter keeps the pause in a
 * backlog too, which limits it to some thousand records a second. After a failed call it does not wait.
 */
final class ReadingPace implements SleepTimeController {

    /** The pause between two reads of a backlog. No shard is published faster. */
    static final long BEHIND_MILLIS = 50;

    /** A read whose last record is older than this is part of a backlog. */
    static final long OLD_MILLIS = 10_000;

    private static final int QUIET = 2;

    private final IntSupplier fullRead;
    private final Supplier<Instant> clock;
    /** When this thread last asked. KCL has one thread for each shard, and reports successful calls only. */
    private final ThreadLocal<Instant> asked = new ThreadLocal<>();

    /** @param fullRead tells the most records of a read; a read with as many is part of a backlog */
    ReadingPace(IntSupplier fullRead, Supplier<Instant> clock) {
        this.fullRead = fullRead;
        this.clock = clock;
    }

    @Override
    public long getSleepTimeMillis(SleepTimeControllerConfig last) {
        var now = clock.get();
        var millis = hasFailed(last) ? last.idleMillisBetweenCalls() : left(last, now);
        asked.set(now);
        return millis;
    }

    private boolean hasFailed(SleepTimeControllerConfig last) {
        var before = asked.get();
        var success = last.lastSuccessfulCall();
        return success == null || before != null && success.isBefore(before);
    }

    private long left(SleepTimeControllerConfig last, Instant now) {
        // The clock may have been set. That must not delay a shard.
        var since = Duration.between(last.lastSuccessfulCall(), now).abs().toMillis();
        return Math.max(0, pause(last) - since);
    }

    private long pause(SleepTimeControllerConfig last) {
        var idle = last.idleMillisBetweenCalls();
        if (last.lastRecordsCount() == null || last.lastRecordsCount() == 0) {
            return QUIET * idle;
        }
        return isBehind(last) ? Math.min(BEHIND_MILLIS, idle) : idle;
    }

    /** A read also ends at a megabyte. Then it has fewer records, and in a backlog the last one is old. */
    private boolean isBehind(SleepTimeControllerConfig last) {
        var behind = last.lastMillisBehindLatest();
        return last.lastRecordsCount() >= fullRead.getAsInt() || behind != null && behind > OLD_MILLIS;
    }
}
