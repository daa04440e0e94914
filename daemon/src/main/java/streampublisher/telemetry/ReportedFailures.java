package streampublisher.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import com.google.common.base.Throwables;
import java.util.Arrays;

/**
 * Keeps a failure out of the log that has an event of its own there.
 *
 * <p>KCL and the adapter log each failed read, twice, with its stack trace, several times a second.
 */
public final class ReportedFailures extends Filter<ILoggingEvent> {

    /** Marks an exception whose failure is logged. An exception keeps it when it becomes another's cause. */
    private static final class Mark extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Mark() {
            super("logged as an event", null, false, false);
        }
    }

    /** Marks an exception, whose failure is logged, and returns it. */
    public static <T extends Throwable> T mark(T error) {
        if (!isMarked(error)) {
            error.addSuppressed(new Mark());
        }
        return error;
    }

    /** Whether a failure, or one of its causes, is marked. */
    public static boolean isMarked(Throwable error) {
        return Throwables.getCausalChain(error).stream()
                .flatMap(cause -> Arrays.stream(cause.getSuppressed()))
                .anyMatch(Mark.class::isInstance);
    }

    @Override
    public FilterReply decide(ILoggingEvent event) {
        // The daemon's own line may be the only one that tells what the failure has led to.
        return !event.getLoggerName().startsWith(Events.OURS)
                        && event.getThrowableProxy() instanceof ThrowableProxy proxy && isMarked(proxy.getThrowable())
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }
}
