package streampublisher.reading;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import net.logstash.logback.argument.StructuredArguments;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;
import streampublisher.telemetry.Events;
import streampublisher.telemetry.Health;
import streampublisher.telemetry.Metrics;

/**
 * Logs the records that expired before they were read.
 *
 * <p>The adapter logs nothing. If the next record has expired, it goes on at the oldest one that the
 * stream keeps. If the shard has expired as a whole, it treats the shard as ended.
 */
public final class ExpiredRecords implements ExecutionInterceptor {

    /** Longer than the 15 minutes for which an iterator is valid. */
    private static final Duration REMEMBERED = Duration.ofMinutes(20);

    /** A shard that stands still is logged again after this time. */
    private static final Duration SAID = Duration.ofMinutes(1);

    private static final String NOWHERE = "";
    private static final String SHARD_END = "SHARD_END";
    private static final String TRIM_HORIZON = "TRIM_HORIZON";

    private final boolean stopsAtTrimmedData;
    private final Metrics metrics;
    private final Health health;
    private final Cache<String, Reading> iterators =
            CacheBuilder.newBuilder().expireAfterWrite(REMEMBERED).build();
    private final Cache<String, String> gaps =
            CacheBuilder.newBuilder().expireAfterWrite(REMEMBERED).build();
    private final Cache<String, Boolean> standing =
            CacheBuilder.newBuilder().expireAfterWrite(SAID).build();
    private final AtomicInteger found = new AtomicInteger();

    /**
     * Where an iterator is.
     *
     * @param after the last record read of the shard, or where its reading began
     * @param gapAfter the last record before a gap that is not logged yet; empty for no gap
     */
    record Reading(String shardId, String after, String gapAfter) {

        Reading(String shardId, String after) {
            this(shardId, after, NOWHERE);
        }
    }

    /**
     * @param stopsAtTrimmedData whether a shard with expired records is not read on
     * @param metrics counts the gaps
     * @param health is told of shards that stand still
     */
    public ExpiredRecords(boolean stopsAtTrimmedData, Metrics metrics, Health health) {
        this.stopsAtTrimmedData = stopsAtTrimmedData;
        this.metrics = metrics;
        this.health = health;
    }

    boolean stopsAtTrimmedData() {
        return stopsAtTrimmedData;
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        if (context.response() instanceof GetShardIteratorResponse answer) {
            begin((GetShardIteratorRequest) context.request(), answer.shardIterator());
        } else if (context.response() instanceof GetRecordsResponse answer) {
            advance(((GetRecordsRequest) context.request()).shardIterator(), answer);
        }
    }

    private void begin(GetShardIteratorRequest request, String iterator) {
        var gap = gaps.getIfPresent(request.shardId());
        remember(iterator, new Reading(request.shardId(), beginning(request), gap == null ? NOWHERE : gap));
    }

    private void remember(String iterator, Reading reading) {
        if (iterator != null) {
            iterators.put(iterator, reading);
        }
    }

    private void advance(String iterator, GetRecordsResponse answer) {
        var reading = iterators.asMap().remove(iterator);
        if (reading == null) {
            return;
        }
        var known = !answer.records().isEmpty() || answer.nextShardIterator() == null;
        if (known && !reading.gapAfter().equals(NOWHERE)) {
            gaps.invalidate(reading.shardId());
            logGap(reading.shardId(), reading.gapAfter(), first(answer));
        }
        remember(
                answer.nextShardIterator(),
                new Reading(reading.shardId(), last(answer, reading.after()), known ? NOWHERE : reading.gapAfter()));
    }

    private static String first(GetRecordsResponse answer) {
        return answer.records().isEmpty() ? SHARD_END : sequenceNumber(answer, 0);
    }

    private static String last(GetRecordsResponse answer, String before) {
        return answer.records().isEmpty() ? before : sequenceNumber(answer, answer.records().size() - 1);
    }

    private static String sequenceNumber(GetRecordsResponse answer, int place) {
        return answer.records().get(place).dynamodb().sequenceNumber();
    }

    private void logGap(String shardId, String after, String before) {
        log(shardId, "Records of {} after {} and before {} have expired unread; gap {} since the start", after, before,
                found.incrementAndGet());
    }

    @Override
    public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
        if (context.exception() instanceof TrimmedDataAccessException) {
            var known = readingOf(context.request());
            trimmed(known == null ? new Reading("a shard", "the last one read") : known);
        }
    }

    private void trimmed(Reading reading) {
        if (stopsAtTrimmedData) {
            standStill(reading, TRIM_HORIZON);
        } else {
            // Logged once the position is known at which reading goes on.
            gaps.put(reading.shardId(), reading.after());
        }
    }

    /** The whole shard has expired. */
    void gone(Reading reading) {
        if (stopsAtTrimmedData) {
            standStill(reading, SHARD_END);
        } else {
            logGap(reading.shardId(), reading.after(), SHARD_END);
        }
    }

    /** KCL retries the shard every few seconds. */
    private void standStill(Reading reading, String before) {
        var shardId = reading.shardId();
        health.problem(shardId, "its unread records have expired; it is not read on, since onTrimmedData = stop");
        if (standing.asMap().putIfAbsent(shardId, true) == null) {
            log(shardId, "Records of {} after {} and before {} have expired unread; the shard is not read on, since"
                    + " onTrimmedData = stop", reading.after(), before);
        }
    }

    private void log(String shardId, String message, String after, String before, Object... more) {
        var arguments = Stream.concat(
                Stream.of(shardId, StructuredArguments.value("after", after), StructuredArguments.value("before", before)),
                Stream.concat(Arrays.stream(more), Stream.of(metrics.trimmedGap())));
        try (var shard = Events.ofShard(shardId)) {
            Events.error("records_expired", message, arguments.toArray());
        }
    }

    /** Returns the shard that a request reads, or an empty id if its iterator is forgotten. */
    String shardOf(SdkRequest request) {
        var reading = readingOf(request);
        return reading == null ? "" : reading.shardId();
    }

    /** Returns where a request reads, or null if its iterator is forgotten. */
    Reading readingOf(SdkRequest request) {
        return request instanceof GetShardIteratorRequest iterator
                ? new Reading(iterator.shardId(), beginning(iterator))
                : iterators.getIfPresent(((GetRecordsRequest) request).shardIterator());
    }

    private static String beginning(GetShardIteratorRequest request) {
        return request.sequenceNumber() == null ? request.shardIteratorTypeAsString() : request.sequenceNumber();
    }
}
