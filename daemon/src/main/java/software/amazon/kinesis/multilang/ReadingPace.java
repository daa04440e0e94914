package software.amazon.kinesis.multilang;

import java.time.Duration;
import java.time.Instant;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import software.amazon.kinesis.retrieval.polling.SleepTimeController;
import software.amazon.kinesis.retrieval.polling.SleepTimeControllerConfig;

/**
 * How long a shard's reader waits before it reads again.
 *
 * <p>Where more waits to be read it goes on almost at once, so that a backlog drains as fast as it is
 * published; otherwise it keeps the pace that is set, and half of it on a quiet shard. The adapter
 * keeps that pace in a backlog too, which then drains by a thousand records a second at the most, and
 * hurries after a call that failed.
 */
final class ReadingPace implements SleepTimeController {

    /** Between two reads of a backlog: no shard is published faster. */
    static final long BEHIND_MILLIS = 50;

    /** A last record that is older than this is not the stream's latest, where changes are frequent. */
    static final long OLD_MILLIS = 10_000;

    private static final int QUIET = 2;

    private final IntSupplier fullRead;
    private final Supplier<Instant> clock;
    /** KCL has a thread for each shard, and tells of calls that succeeded only. */
    private final ThreadLocal<Instant> asked = new ThreadLocal<>();

    /** @param fullRead tells the most records of a read: where one has as many, more waits */
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
        // A clock that was set back or forth must not hold up a shard.
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

    /** A read ends at a megabyte too, of fewer records, of which the last is an old one in a backlog. */
    private boolean isBehind(SleepTimeControllerConfig last) {
        var behind = last.lastMillisBehindLatest();
        return last.lastRecordsCount() >= fullRead.getAsInt() || behind != null && behind > OLD_MILLIS;
    }
}
