package streampublisher.telemetry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The shards of this worker that make no progress, and why.
 *
 * <p>A record processor tells why it fails, or waits, by a line on its standard error
 * (consumer/worker/standstill_report.py). The daemon knows how often it failed, and when the next try begins.
 */
public final class Standstills {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final LongSupplier now;
    private final Map<String, Standstill> standstills = new HashMap<>();
    /** What record processors have told since the last failure of each. */
    private final Map<String, JsonNode> told = new HashMap<>();
    /** Shards whose record processors ended and have not told why. */
    private final Set<String> unexplained = new HashSet<>();

    /** @param now milliseconds since 1970 */
    public Standstills(LongSupplier now) {
        this.now = now;
    }

    /**
     * The record processor tells why it fails or waits.
     *
     * @param checkpoint the shard's last checkpoint
     * @param line its JSON: {@code reason} and {@code fix}; {@code sequenceNumber} of the record that it can't
     *     publish; {@code attempts} and {@code waitSeconds} where it tries again by itself
     */
    public synchronized void told(String shardId, String checkpoint, String line) {
        var report = parsed(line);
        if (report.hasNonNull("waitSeconds")) {
            var wait = (long) (1000 * report.get("waitSeconds").asDouble());
            put(shardId, checkpoint, report, report.path("attempts").asInt(), wait);
        } else if (unexplained.remove(shardId)) {
            // Its last line is read after its end.
            standstills.computeIfPresent(shardId, (shard, ended) -> ended.explained(report));
        } else {
            told.put(shardId, report);
        }
    }

    /** The record processor has ended with this status, so many times in a row, and is started again after a wait. */
    public synchronized void failed(String shardId, String checkpoint, int status, int failures, long waitMillis) {
        if (failures == 1) {
            standstills.remove(shardId);
        }
        var report = told.remove(shardId);
        if (report == null) {
            unexplained.add(shardId);
            report = endedWith(status);
        }
        put(shardId, checkpoint, report, failures, waitMillis);
    }

    /** The shard has a new checkpoint, or another worker. */
    public synchronized void over(String shardId) {
        standstills.remove(shardId);
        told.remove(shardId);
        unexplained.remove(shardId);
    }

    /** The standstills that last, by shard. */
    public synchronized Map<String, Standstill> current() {
        var time = now.getAsLong();
        standstills.values().removeIf(each -> !each.lasts(time));
        return Map.copyOf(standstills);
    }

    /** The time by which standstills are dated. */
    long now() {
        return now.getAsLong();
    }

    private void put(String shardId, String checkpoint, JsonNode report, int failures, long waitMillis) {
        var time = now.getAsLong();
        var earlier = standstills.get(shardId);
        var since = earlier == null ? time : earlier.since();
        var made = new Standstill(null, checkpoint, "", "", failures, since, time + waitMillis, time);
        standstills.put(shardId, made.explained(report));
    }

    private static JsonNode endedWith(int status) {
        return JSON.createObjectNode()
                .put("reason", "its record processor ended with status " + status)
                .put("fix", "look for child_failed in the worker's log, and for the lines before it");
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException error) {
            return JSON.createObjectNode().put("reason", "its record processor does not say why").put("fix", "");
        }
    }
}
