package streampublisher.reading;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import streampublisher.telemetry.Events;

/**
 * Finds the place in a shard that LATEST means at the moment at which this object is made.
 *
 * <p>An iterator at LATEST expires after 15 minutes, and the next one is at another place: what was written
 * between the two is lost. The stream has no look-up by time, so the shard is read from its oldest record.
 */
final class LatestPlace {

    /** Nothing before this place is kept by the stream, or nothing of the shard is older than the moment. */
    static final String BEGINNING = "TRIM_HORIZON";

    /** So many empty pages in a row are the tip of the shard. A gap inside it has empty pages too. */
    static final int EMPTY_PAGES = 5;

    private static final Duration PAUSE = Duration.ofMillis(400);
    private static final Duration PROGRESS = Duration.ofSeconds(10);

    private final DynamoDbStreamsClient streams;
    private final String streamArn;
    private final Supplier<Instant> clock;
    private final LongConsumer sleep;
    private final Duration longest;
    private final Instant moment;

    /**
     * @param sleep waits for so many milliseconds
     * @param longest how long a shard is read at most
     */
    LatestPlace(
            DynamoDbStreamsClient streams,
            String streamArn,
            Supplier<Instant> clock,
            LongConsumer sleep,
            Duration longest) {
        this.streams = streams;
        this.streamArn = streamArn;
        this.clock = clock;
        this.sleep = sleep;
        this.longest = longest;
        this.moment = clock.get();
    }

    /**
     * Returns the sequence number of the last record before the moment, or {@link #BEGINNING}. On a shard that
     * takes too long to read it is an older record: some records of before the moment are published then.
     */
    String in(String shardId) {
        var walk = new Walk(shardId);
        var iterator = oldest(shardId);
        while (iterator != null && !walk.isOver()) {
            var page = iterator;
            var answer = streams.getRecords(request -> request.shardIterator(page));
            walk.read(answer.records());
            iterator = answer.nextShardIterator();
        }
        return walk.last;
    }

    private String oldest(String shardId) {
        return streams.getShardIterator(request -> request.streamArn(streamArn)
                        .shardId(shardId)
                        .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
                .shardIterator();
    }

    /** The reading of one shard. */
    private final class Walk {

        private final String shardId;
        private final Instant deadline = clock.get().plus(longest);
        private Instant progress = clock.get().plus(PROGRESS);
        private String last = BEGINNING;
        private int emptyPages;
        private boolean isOver;

        Walk(String shardId) {
            this.shardId = shardId;
        }

        boolean isOver() {
            return isOver;
        }

        void read(List<Record> records) {
            if (records.isEmpty()) {
                emptyPages++;
                isOver = emptyPages >= EMPTY_PAGES;
                sleep.accept(PAUSE.toMillis());
            } else {
                emptyPages = 0;
                records.stream().takeWhile(this::isBefore).forEach(record -> last = sequenceNumber(record));
                isOver = !isBefore(records.get(records.size() - 1));
            }
            report();
        }

        /** The stream tells the times of its records in whole seconds. */
        private boolean isBefore(Record record) {
            return record.dynamodb().approximateCreationDateTime().isBefore(moment.truncatedTo(ChronoUnit.SECONDS));
        }

        private void report() {
            var now = clock.get();
            if (!isOver && now.isAfter(deadline)) {
                isOver = true;
                warn();
            } else if (!isOver && now.isAfter(progress)) {
                progress = now.plus(PROGRESS);
                info();
            }
        }

        private void info() {
            try (var shard = Events.ofShard(shardId)) {
                Events.info("latest_searched", "Looking for the latest record of {}; read up to {}", shardId, last);
            }
        }

        private void warn() {
            try (var shard = Events.ofShard(shardId)) {
                Events.warn("latest_not_reached", "The latest record of {} is not found in time; records after {} are"
                        + " published", shardId, last);
            }
        }
    }

    private static String sequenceNumber(Record record) {
        return record.dynamodb().sequenceNumber();
    }
}
