package software.amazon.kinesis.multilang;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** The daemon's own log lines, each with the name of its event; the form is logback's matter. */
final class Events {

    private static final Logger LOG = LoggerFactory.getLogger("stream-publisher.daemon");

    private static final Logger METRICS = LoggerFactory.getLogger("stream-publisher.metrics");

    private Events() {}

    /** Logs what is routine. */
    static void info(String event, String message, Object... arguments) {
        try (var named = MDC.putCloseable("event", event)) {
            LOG.info(message, arguments);
        }
    }

    /** Logs what needs somebody. */
    static void error(String event, String message, Object... arguments) {
        try (var named = MDC.putCloseable("event", event)) {
            LOG.error(message, arguments);
        }
    }

    /** Logs metrics, whatever the level is for other lines. */
    static void metrics(String message, Object metrics) {
        try (var named = MDC.putCloseable("event", "metrics")) {
            METRICS.info(message, metrics);
        }
    }

    /** Adds the shard to what is logged until the answer is closed. */
    static MDC.MDCCloseable ofShard(String shardId) {
        return MDC.putCloseable("shardId", shardId);
    }
}
