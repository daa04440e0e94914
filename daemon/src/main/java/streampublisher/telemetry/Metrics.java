package streampublisher.telemetry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import net.logstash.logback.argument.StructuredArguments;

/**
 * The daemon's own metrics, in CloudWatch's embedded metric format. A metric is part of a log line.
 *
 * <p>Names, units and dimensions are those of the record processors (consumer/telemetry/metrics.py). A test
 * compares them.
 */
public final class Metrics {

    static final String NAMESPACE = "StreamPublisher";

    private final long intervalMillis;
    private final Map<String, String> dimensions;
    private final LongSupplier nowMillis;

    /**
     * @param intervalMillis how often the metrics count this worker; 0 writes no metrics
     * @param application the application's name
     * @param table the table whose changes are read
     * @param nowMillis milliseconds since 1970
     */
    public Metrics(long intervalMillis, String application, String table, LongSupplier nowMillis) {
        this.intervalMillis = intervalMillis;
        this.dimensions = new LinkedHashMap<>();
        this.dimensions.put("ApplicationName", application);
        this.dimensions.put("TableName", table);
        this.nowMillis = nowMillis;
    }

    /** An argument of a log line. It counts one failure of a record processor. */
    public Object shardRestart() {
        return one("ShardRestarts");
    }

    /** An argument of a log line. It counts one gap of records that expired unread. */
    public Object trimmedGap() {
        return one("TrimmedGaps");
    }

    /** An argument of a log line. It counts one report of a disabled stream. */
    public Object disabledStream() {
        return one("DisabledStreams");
    }

    /**
     * Counts this worker from now on, once an interval, and its shards that make no progress.
     *
     * @param stopped returns how many these are
     */
    public void beat(ScheduledExecutorService timer, IntSupplier stopped) {
        if (intervalMillis > 0) {
            // A fixed rate would write one line for each interval that a paused worker has missed.
            timer.scheduleWithFixedDelay(() -> count(stopped.getAsInt()), 0, intervalMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void count(int stopped) {
        Events.metrics("This worker is here", one("Workers"));
        if (stopped > 0) {
            Events.metrics("Shards make no progress", several("StoppedShards", stopped));
        }
    }

    private Object one(String name) {
        return several(name, 1);
    }

    private Object several(String name, int count) {
        var fields = new LinkedHashMap<String, Object>();
        if (intervalMillis > 0) {
            fields.put("_aws", Map.of("Timestamp", nowMillis.getAsLong(), "CloudWatchMetrics", List.of(directive(name))));
            fields.putAll(dimensions);
            fields.put(name, count);
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
