package streampublisher.reading;

import com.google.common.base.Throwables;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import net.logstash.logback.argument.StructuredArguments;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamResponse;
import software.amazon.awssdk.services.dynamodb.model.StreamStatus;
import streampublisher.telemetry.Events;
import streampublisher.telemetry.Health;
import streampublisher.telemetry.Metrics;

/**
 * Notices that the stream is disabled, and which stream has taken its place.
 *
 * <p>All shards of such a stream end, and KCL waits for ever for the next ones. A table whose stream is
 * enabled again has a new stream, with another ARN.
 */
public final class DisabledStream implements ExecutionInterceptor {

    /** How often the state is looked at. The health check forgets a problem after a minute. */
    static final Duration LOOK = Duration.ofSeconds(20);

    /** How long after a line the same line follows. */
    static final Duration SAID = Duration.ofMinutes(5);

    private final String streamArn;
    private final Supplier<String> latest;
    private final Metrics metrics;
    private final Health health;
    private final LongSupplier clock;
    private volatile boolean isDisabled;
    /** What was logged last, and when it was logged. Only the timer's thread uses both. */
    private String said = "";

    private long saidNanos;

    /**
     * @param latest returns the ARN of the table's enabled stream, or null if there is none. It may throw
     * @param metrics counts the lines
     * @param clock nanoseconds of a clock that never goes back
     */
    public DisabledStream(
            String streamArn, Supplier<String> latest, Metrics metrics, Health health, LongSupplier clock) {
        this.streamArn = streamArn;
        this.latest = latest;
        this.metrics = metrics;
        this.health = health;
        this.clock = clock;
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        if (context.response() instanceof DescribeStreamResponse answer) {
            var status = answer.streamDescription().streamStatus();
            isDisabled = status == StreamStatus.DISABLED || status == StreamStatus.DISABLING;
        }
    }

    /** Reports the disabled stream from now on. */
    public void watch(ScheduledExecutorService timer) {
        timer.scheduleWithFixedDelay(this::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    void look() {
        if (!isDisabled) {
            return;
        }
        String other;
        try {
            other = latest.get();
        } catch (RuntimeException error) {
            report("is disabled; whether the table has another stream is not known", () -> logUnknown(error));
            return;
        }
        if (other == null || other.equals(streamArn)) {
            report("is disabled, and the table has no other stream", this::logDisabled);
        } else {
            report("is disabled; the table's stream is now " + other, () -> logReplaced(other));
        }
    }

    private void report(String problem, Runnable log) {
        health.problem(streamArn, problem);
        if (isDue(problem)) {
            log.run();
        }
    }

    private boolean isDue(String problem) {
        var isDue = !said.equals(problem) || clock.getAsLong() - saidNanos >= SAID.toNanos();
        if (isDue) {
            said = problem;
            saidNanos = clock.getAsLong();
        }
        return isDue;
    }

    private void logUnknown(RuntimeException error) {
        Events.error("stream_disabled", "The stream {} is disabled: changes are not published any more; whether its table"
                + " has another stream is not known, because DescribeTable fails ({}): enable the table's stream if it"
                + " has none, and restart the workers", ours(), Throwables.getRootCause(error).getMessage(),
                metrics.disabledStream());
    }

    private void logDisabled() {
        Events.error("stream_disabled", "The stream {} is disabled, and its table has no other one: changes are not"
                + " published any more; enable the table's stream and restart the workers", ours(),
                metrics.disabledStream());
    }

    private void logReplaced(String other) {
        Events.error("stream_replaced", "The stream {} is disabled; the table's stream is now {}: restart the workers, and"
                + " where publisher.streamArn is set, set it to the new one before", ours(),
                StructuredArguments.value("newStreamArn", other), metrics.disabledStream());
    }

    private Object ours() {
        return StructuredArguments.value("streamArn", streamArn);
    }
}
