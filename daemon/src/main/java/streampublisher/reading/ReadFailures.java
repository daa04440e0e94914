package streampublisher.reading;

import com.google.common.base.Ticker;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import net.logstash.logback.argument.StructuredArguments;
import org.slf4j.MDC;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamRequest;
import software.amazon.awssdk.services.dynamodb.model.ExpiredIteratorException;
import software.amazon.awssdk.services.dynamodb.model.LimitExceededException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;
import streampublisher.telemetry.Events;
import streampublisher.telemetry.ReportedFailures;

/**
 * Logs calls that fail after all of the SDK's attempts: the true cause in one line, and what to do.
 *
 * <p>Each operation and shard is logged at most once a minute.
 */
final class ReadFailures implements ExecutionInterceptor {

    /** A failure that heals by itself needs somebody if it lasts for so long. */
    static final Duration HEALING = Duration.ofMinutes(5);

    private static final Duration QUIET = Duration.ofMinutes(1);

    /** The iterator's shard is looked up before the call: its answer gives the shard a new iterator. */
    private static final ExecutionAttribute<String> SHARD = new ExecutionAttribute<>("streampublisher.shardId");

    /** DescribeStream has no shard. */
    private static final String NO_SHARD = "";

    private final String streamArn;
    private final Function<SdkRequest, String> shardOf;
    private final LongSupplier clock;
    private final Map<Call, Long> failingSince = new ConcurrentHashMap<>();
    private final Set<Call> logged = ConcurrentHashMap.newKeySet();
    private final Cache<Call, Boolean> recently;

    /** What fails or succeeds. */
    private record Call(String operation, String shardId) {}

    /**
     * @param shardOf returns the shard that a request reads
     * @param clock nanoseconds of a clock that never goes back
     */
    ReadFailures(String streamArn, Function<SdkRequest, String> shardOf, LongSupplier clock) {
        this.streamArn = streamArn;
        this.shardOf = shardOf;
        this.clock = clock;
        this.recently = CacheBuilder.newBuilder()
                .expireAfterWrite(QUIET)
                .ticker(ticker(clock))
                .build();
    }

    private static Ticker ticker(LongSupplier clock) {
        return new Ticker() {
            @Override
            public long read() {
                return clock.getAsLong();
            }
        };
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
        var request = context.request();
        attributes.putAttribute(SHARD, request instanceof DescribeStreamRequest ? NO_SHARD : shardOf.apply(request));
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        var call = call(context.request(), attributes);
        failingSince.remove(call);
        if (logged.remove(call)) {
            try (var shard = ofShard(call)) {
                Events.info("stream_readable", "{} works again", operation(call));
            }
        }
    }

    @Override
    public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
        var error = context.exception();
        if (isExpected(context.request(), error)) {
            return;
        }
        // The adapter logs each failure with its stack trace.
        ReportedFailures.mark(error);
        var call = call(context.request(), attributes);
        var since = failingSince.computeIfAbsent(call, first -> clock.getAsLong());
        if (recently.asMap().putIfAbsent(call, true) == null) {
            logged.add(call);
            log(call, error, healsByItself(error) && clock.getAsLong() - since < HEALING.toNanos());
        }
    }

    private static Call call(SdkRequest request, ExecutionAttributes attributes) {
        return new Call(
                request.getClass().getSimpleName().replace("Request", ""), attributes.getAttribute(SHARD));
    }

    /** An iterator that expires is renewed. Shards that the stream does not know have events of their own. */
    private static boolean isExpected(SdkRequest request, Throwable error) {
        return error instanceof ExpiredIteratorException
                || error instanceof TrimmedDataAccessException
                || error instanceof ResourceNotFoundException && !(request instanceof DescribeStreamRequest);
    }

    static boolean healsByItself(Throwable error) {
        if (error instanceof AwsServiceException answer) {
            return answer.isThrottlingException() || answer instanceof LimitExceededException || answer.statusCode() >= 500;
        }
        return !String.valueOf(error.getMessage()).contains("credentials");
    }

    private void log(Call call, Throwable error, boolean heals) {
        var message = "{} of {} fails: {}{}";
        var code = code(error);
        Object[] arguments = {
            operation(call),
            call.shardId().equals(NO_SHARD) ? streamArn : call.shardId(),
            words(error),
            advice(call, code),
            StructuredArguments.keyValue("error", code)
        };
        try (var shard = ofShard(call)) {
            if (heals) {
                Events.warn("stream_unreadable", message, arguments);
            } else {
                Events.error("stream_unreadable", message, arguments);
            }
        }
    }

    private static Object operation(Call call) {
        return StructuredArguments.value("operation", call.operation());
    }

    private static MDC.MDCCloseable ofShard(Call call) {
        return Events.ofShard(call.shardId());
    }

    /** A proxy or a load balancer answers without a code and without words. */
    private static String code(Throwable error) {
        return error instanceof AwsServiceException answer && answer.awsErrorDetails() != null
                ? Objects.requireNonNullElse(answer.awsErrorDetails().errorCode(), "HTTP " + answer.statusCode())
                : error.getClass().getSimpleName();
    }

    /** The service's own words, without the status, the request's id and the stack trace. */
    private static String words(Throwable error) {
        return error instanceof AwsServiceException answer && answer.awsErrorDetails() != null
                ? Objects.requireNonNullElse(answer.awsErrorDetails().errorMessage(), code(error))
                : error.getMessage();
    }

    private String advice(Call call, String code) {
        return switch (code) {
            case "AccessDeniedException" -> "; allow dynamodb:" + call.operation() + " on " + streamArn
                    + " to the role of the workers";
            case "ResourceNotFoundException" -> "; correct publisher.streamArn if there is no such stream";
            default -> "";
        };
    }
}
