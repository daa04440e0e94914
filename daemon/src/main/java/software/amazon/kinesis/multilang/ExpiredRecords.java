package software.amazon.kinesis.multilang;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
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

/**
 * Says what the adapter passes over in silence: records that the stream no longer has.
 *
 * <p>It takes a shard that isn't there for one that has ended, and goes on at the oldest record kept
 * where the next one has expired.
 */
final class ExpiredRecords implements ExecutionInterceptor {

    /** Longer than an iterator lives. */
    private static final Duration REMEMBERED = Duration.ofMinutes(20);

    private static final String NOWHERE = "";

    private final boolean stops;
    private final LongSupplier nowMillis;
    private final IntConsumer halt;
    private final Metrics metrics;
    private final Cache<String, Reading> iterators =
            CacheBuilder.newBuilder().expireAfterWrite(REMEMBERED).build();
    private final Cache<String, String> gaps =
            CacheBuilder.newBuilder().expireAfterWrite(REMEMBERED).build();
    private final AtomicInteger found = new AtomicInteger();

    /** The shard that an iterator reads, and after which record a gap lies before it; empty for none. */
    private record Reading(String shardId, String gapAfter) {}

    /**
     * @param stops whether a shard with expired records is not read on
     * @param nowMillis milliseconds since 1970
     * @param halt ends the JVM with a status, without running hooks
     * @param metrics where gaps are counted
     */
    ExpiredRecords(boolean stops, LongSupplier nowMillis, IntConsumer halt, Metrics metrics) {
        this.stops = stops;
        this.nowMillis = nowMillis;
        this.halt = halt;
        this.metrics = metrics;
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
            tellGap(reading, answer);
        }
        remember(answer.nextShardIterator(), known ? new Reading(reading.shardId(), NOWHERE) : reading);
    }

    private void tellGap(Reading reading, GetRecordsResponse answer) {
        var next = answer.records().isEmpty()
                ? "the shard's end"
                : answer.records().get(0).dynamodb().sequenceNumber();
        tellExpired(reading.shardId(), "Records of {} after {} and before {} have expired unread; gap {} since the start",
                reading.shardId(), reading.gapAfter(), next, found.incrementAndGet());
    }

    @Override
    public Throwable modifyException(Context.FailedExecution context, ExecutionAttributes attributes) {
        var error = context.exception();
        if (!(error instanceof ResourceNotFoundException gone) || !isReading(context)) {
            return error;
        }
        var shardId = shardOf(context);
        if (StreamShards.isYoung(shardId, nowMillis.getAsLong())) {
            Events.error("daemon_failed", "{} is not a shard of this stream; its checkpoint is left alone", shardId);
            halt.accept(ExitStatus.FAILED);
        }
        // What the adapter takes for the end of the shard would be checkpointed as such.
        return stops ? trimmed(shardId, gone) : error;
    }

    private static Throwable trimmed(String shardId, ResourceNotFoundException gone) {
        return TrimmedDataAccessException.builder()
                .message(shardId + " has expired")
                // The adapter looks into the details of whatever it is given.
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
            tellExpired(shardOf(context), "{} is not in the stream any more; what came after {} has expired unread; gap {}"
                    + " since the start", shardOf(context), positionOf(context), found.incrementAndGet());
        } else if (error instanceof TrimmedDataAccessException && stops) {
            tellExpired(shardOf(context), "Records of {} after {} have expired unread; the shard is not read on, since"
                    + " onTrimmedData = stop", shardOf(context), positionOf(context));
        } else if (error instanceof TrimmedDataAccessException) {
            // Told with the position where reading goes on, once that is known.
            gaps.put(shardOf(context), positionOf(context));
        }
    }

    private void tellExpired(String shardId, String message, Object... arguments) {
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
