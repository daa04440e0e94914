package software.amazon.kinesis.multilang;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import net.logstash.logback.argument.StructuredArguments;

/**
 * The daemon's own metrics, in CloudWatch's embedded metric format: members of a log line, out of which
 * CloudWatch takes them.
 *
 * <p>Names, units and dimensions are those of the record processors' (consumer/telemetry/metrics.py); a test
 * compares them.
 */
final class Metrics {

    static final String NAMESPACE = "StreamPublisher";

    private final long intervalMillis;
    private final Map<String, String> dimensions;
    private final LongSupplier nowMillis;

    /**
     * @param intervalMillis how often it is told that this worker is here; 0 writes no metric at all
     * @param application the fleet's name
     * @param table the table whose changes are read
     * @param nowMillis milliseconds since 1970
     */
    Metrics(long intervalMillis, String application, String table, LongSupplier nowMillis) {
        this.intervalMillis = intervalMillis;
        this.dimensions = new LinkedHashMap<>();
        this.dimensions.put("ApplicationName", application);
        this.dimensions.put("TableName", table);
        this.nowMillis = nowMillis;
    }

    /** A log line's argument that counts one record processor that failed, so that another begins. */
    Object shardRestart() {
        return one("ShardRestarts");
    }

    /** A log line's argument that counts one place where records have expired unread. */
    Object trimmedGap() {
        return one("TrimmedGaps");
    }

    /** Tells from now on, once an interval, that this worker is here. */
    void beat(ScheduledExecutorService timer) {
        if (intervalMillis > 0) {
            // Not at a fixed rate: a worker that stood still would tell of each interval that it missed.
            timer.scheduleWithFixedDelay(
                    () -> Events.metrics("This worker is here", one("Workers")),
                    0,
                    intervalMillis,
                    TimeUnit.MILLISECONDS);
        }
    }

    private Object one(String name) {
        var fields = new LinkedHashMap<String, Object>();
        if (intervalMillis > 0) {
            fields.put("_aws", Map.of("Timestamp", nowMillis.getAsLong(), "CloudWatchMetrics", List.of(directive(name))));
            fields.putAll(dimensions);
            fields.put(name, 1);
        }
        return StructuredArguments.entries(fields);
    }

    private Map<String, Object> directive(String name) {
        return Map.of(
                "Namespace", NAMESPACE,
                "Dimensions", List.of(List.copyOf(dimensions.keySet())),
                "Metrics", List.of(Map.of("Name", name, "Unit", "Count")));
    }
}
