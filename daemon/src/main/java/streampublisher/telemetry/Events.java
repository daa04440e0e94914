package streampublisher.telemetry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** The daemon's own log lines. Each has the name of its event. Logback decides on their form. */
public final class Events {

    /** How the names of the daemon's own loggers begin. */
    static final String OURS = "stream-publisher.";

    private static final Logger LOG = LoggerFactory.getLogger(OURS + "daemon");

    private static final Logger METRICS = LoggerFactory.getLogger(OURS + "metrics");

    private Events() {}

    /** Logs a routine event. */
    public static void info(String event, String message, Object... arguments) {
        try (var named = MDC.putCloseable("event", event)) {
            LOG.info(message, arguments);
        }
    }

    /** Logs an event that heals by itself. */
    public static void warn(String event, String message, Object... arguments) {
        try (var named = MDC.putCloseable("event", event)) {
            LOG.warn(message, arguments);
        }
    }

    /** Logs an event that somebody must look at. */
    public static void error(String event, String message, Object... arguments) {
        try (var named = MDC.putCloseable("event", event)) {
            LOG.error(message, arguments);
        }
    }

    /** Logs metrics, at any log level. */
    static void metrics(String message, Object metrics) {
        try (var named = MDC.putCloseable("event", "metrics")) {
            METRICS.info(message, metrics);
        }
    }

    /** Adds the shard to all lines that this thread logs until the result is closed. */
    public static MDC.MDCCloseable ofShard(String shardId) {
        return MDC.putCloseable("shardId", shardId);
    }
}
