package streampublisher.reading;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;
import streampublisher.telemetry.Events;
import streampublisher.telemetry.Metrics;

/**
 * Logs the records that expired before they were read.
 *
 * <p>The adapter logs nothing. If the next record has expired, it goes on at the oldest one that the
 * stream keeps. If the shard does not exist, it treats the shard as ended.
 */
public final class ExpiredRecords implements ExecutionInterceptor {

    /** Longer than the 15 minutes for which an iterator is valid. */
    private static final Duration REMEMBERED = Duration.ofMinutes(20);

    private static final String NOWHERE = "";

    private final boolean stopsAtTrimmedData;
    private final LongSupplier nowMillis;
    private final Runnable halt;
    private final Metrics metrics;
    private final Cache<String, Reading> iterators =
            CacheBuilder.newBuilder().expireAfterWrite(REMEMBERED).build();
    private final Cache<String, String> gaps =
            CacheBuilder.newBuilder().expireAfterWrite(REMEMBERED).build();
    private final AtomicInteger found = new AtomicInteger();

    /** An iterator's shard, and the last record before a gap that is not logged yet; empty for no gap. */
    private record Reading(String shardId, String gapAfter) {}

    /**
     * @param stopsAtTrimmedData whether a shard with expired records is not read on
     * @param nowMillis milliseconds since 1970
     * @param halt ends the JVM as a failure, without running hooks
     * @param metrics counts the gaps
     */
    public ExpiredRecords(boolean stopsAtTrimmedData, LongSupplier nowMillis, Runnable halt, Metrics metrics) {
        this.stopsAtTrimmedData = stopsAtTrimmedData;
        this.nowMillis = nowMillis;
        this.halt = halt;
        this.metrics = metrics;
    }

    boolean stopsAtTrimmedData() {
        return stopsAtTrimmedData;
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        if (context.response() instanceof GetShardIteratorResponse answer) {
            var shardId = ((GetShardIteratorRequest) context.request()).shardId();
            var gap = gaps.getIfPresent(shardId);
            remember(answer.shardIterator(), new Reading(shardId, gap == null ? NOWHERE : gap));
        } else if (context.response() instanceof GetRecordsResponse answer) {
            advance(((GetRecordsRequest) context.request()).shardIterator(), answer);
        }
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
            logGap(reading, answer);
        }
        remember(answer.nextShardIterator(), known ? new Reading(reading.shardId(), NOWHERE) : reading);
    }

    private void logGap(Reading reading, GetRecordsResponse answer) {
        var next = answer.records().isEmpty()
                ? "the shard's end"
                : answer.records().get(0).dynamodb().sequenceNumber();
        logExpired(reading.shardId(), "Records of {} after {} and before {} have expired unread; gap {} since the"
                + " start", reading.shardId(), reading.gapAfter(), next, found.incrementAndGet());
    }

    @Override
    public Throwable modifyException(Context.FailedExecution context, ExecutionAttributes attributes) {
        var error = context.exception();
        if (!(error instanceof ResourceNotFoundException gone) || !isReading(context)) {
            return error;
        }
        var shardId = shardOf(context);
        if (StreamShards.isYoung(shardId, nowMillis.getAsLong())) {
            Events.error("daemon_failed", "{} is not a shard of this stream; its checkpoint stays as it is", shardId);
            // The adapter would treat the shard as ended, and KCL would checkpoint its end.
            halt.run();
        }
        return stopsAtTrimmedData ? trimmed(shardId, gone) : error;
    }

    private static Throwable trimmed(String shardId, ResourceNotFoundException gone) {
        return TrimmedDataAccessException.builder()
                .message(shardId + " has expired")
                // The adapter reads the details of every exception.
                .awsErrorDetails(gone.awsErrorDetails())
                .statusCode(gone.statusCode())
                .cause(gone)
                .build();
    }

    @Override
    public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
        var error = context.exception();
        if (!isReading(context)) {
            return;
        }
        if (error instanceof ResourceNotFoundException) {
            logExpired(shardOf(context), "{} is not in the stream any more; its records after {} have expired unread;"
                    + " gap {} since the start", shardOf(context), positionOf(context), found.incrementAndGet());
        } else if (error instanceof TrimmedDataAccessException) {
            noteTrimmed(shardOf(context), positionOf(context));
        }
    }

    private void noteTrimmed(String shardId, String position) {
        if (stopsAtTrimmedData) {
            logExpired(shardId, "Records of {} after {} have expired unread; the shard is not read on, since"
                    + " onTrimmedData = stop", shardId, position);
        } else {
            // Logged once the position is known at which reading goes on.
            gaps.put(shardId, position);
        }
    }

    private void logExpired(String shardId, String message, Object... arguments) {
        var counted = Arrays.copyOf(arguments, arguments.length + 1);
        counted[arguments.length] = metrics.trimmedGap();
        try (var shard = Events.ofShard(shardId)) {
            Events.error("records_expired", message, counted);
        }
    }

    private static boolean isReading(Context.FailedExecution context) {
        return context.request() instanceof GetShardIteratorRequest || context.request() instanceof GetRecordsRequest;
    }

    private String shardOf(Context.FailedExecution context) {
        if (context.request() instanceof GetShardIteratorRequest request) {
            return request.shardId();
        }
        var reading = iterators.getIfPresent(((GetRecordsRequest) context.request()).shardIterator());
        return reading == null ? "a shard" : reading.shardId();
    }

    private static String positionOf(Context.FailedExecution context) {
        if (context.request() instanceof GetShardIteratorRequest request && request.sequenceNumber() != null) {
            return request.sequenceNumber();
        }
        return "the last one read";
    }
}
