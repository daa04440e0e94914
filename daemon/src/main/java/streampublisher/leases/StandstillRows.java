package streampublisher.leases;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.kinesis.coordinator.Scheduler;
import streampublisher.telemetry.Standstill;
import streampublisher.telemetry.Standstills;

/**
 * A row of KCL's coordinator table for each shard that makes no progress, so that {@code status} and {@code doctor}
 * see it from any machine (consumer/fleet/standstills.py).
 *
 * <p>A row is written when its reason changes, and otherwise at most twice a minute. It is deleted once the shard
 * goes on. A row that a killed worker leaves is old soon, or the shard's checkpoint has moved.
 */
public final class StandstillRows {

    static final long REFRESH_MILLIS = 30_000;

    private static final Logger LOG = LoggerFactory.getLogger(StandstillRows.class);
    private static final String PREFIX = "Stopped/";

    private final Standstills standstills;
    private final DynamoDbAsyncClient tables;
    private final String table;
    private final String worker;
    private final LongSupplier now;
    private final Map<String, Written> written = new HashMap<>();

    /** What a row holds, and when it was written. */
    private record Written(Standstill standstill, long at) {}

    StandstillRows(
            Standstills standstills, DynamoDbAsyncClient tables, String table, String worker, LongSupplier now) {
        this.standstills = standstills;
        this.tables = tables;
        this.table = table;
        this.worker = worker;
        this.now = now;
    }

    /** Keeps the rows of a worker from now on. */
    public static void keep(Standstills standstills, Scheduler scheduler) {
        var leases = scheduler.leaseManagementConfig();
        var table = scheduler.coordinatorConfig().coordinatorStateTableConfig().tableName();
        var rows = new StandstillRows(
                standstills, leases.dynamoDBClient(), table, leases.workerIdentifier(), System::currentTimeMillis);
        Executors.newSingleThreadScheduledExecutor(
                        new ThreadFactoryBuilder().setNameFormat("standstills").setDaemon(true).build())
                .scheduleWithFixedDelay(rows::look, 1, 1, TimeUnit.SECONDS);
    }

    /** Writes and deletes what has changed since the last look. It waits for no answer. */
    void look() {
        try {
            var current = standstills.current();
            current.forEach(this::write);
            written.keySet().stream().filter(shard -> !current.containsKey(shard)).toList().forEach(this::delete);
        } catch (RuntimeException error) {
            warn(error);
        }
    }

    private void write(String shardId, Standstill standstill) {
        var earlier = written.get(shardId);
        if (earlier != null && !isNews(earlier, standstill)) {
            return;
        }
        // Also before a failure, so that a table that refuses the row is asked no more often.
        written.put(shardId, new Written(standstill, now.getAsLong()));
        var put = PutItemRequest.builder().tableName(table).item(row(shardId, standstill));
        answered(tables.putItem(put.build()));
    }

    private boolean isNews(Written earlier, Standstill standstill) {
        var before = earlier.standstill();
        var isSame = before.reason().equals(standstill.reason())
                && Objects.equals(before.before(), standstill.before())
                && Objects.equals(before.checkpoint(), standstill.checkpoint());
        return !isSame || !before.equals(standstill) && now.getAsLong() - earlier.at() >= REFRESH_MILLIS;
    }

    /** Another worker may have written the row since. */
    private void delete(String shardId) {
        written.remove(shardId);
        var delete = DeleteItemRequest.builder()
                .tableName(table)
                .key(Map.of("key", text(PREFIX + shardId)))
                .conditionExpression("worker = :worker")
                .expressionAttributeValues(Map.of(":worker", text(worker)));
        answered(tables.deleteItem(delete.build()));
    }

    private Map<String, AttributeValue> row(String shardId, Standstill standstill) {
        var row = new HashMap<String, AttributeValue>();
        row.put("key", text(PREFIX + shardId));
        row.put("worker", text(worker));
        put(row, "before", standstill.before());
        put(row, "checkpoint", standstill.checkpoint());
        row.put("reason", text(standstill.reason()));
        put(row, "fix", standstill.fix());
        row.put("failures", number(standstill.failures()));
        row.put("since", number(standstill.since()));
        row.put("nextTryAt", number(standstill.nextTry()));
        row.put("reportedAt", number(standstill.reported()));
        return row;
    }

    private static void put(Map<String, AttributeValue> row, String name, String value) {
        if (value != null && !value.isEmpty()) {
            row.put(name, text(value));
        }
    }

    private static AttributeValue text(String value) {
        return AttributeValue.builder().s(value).build();
    }

    private static AttributeValue number(long value) {
        return AttributeValue.builder().n(Long.toString(value)).build();
    }

    private static void answered(CompletableFuture<?> answer) {
        answer.whenComplete((done, error) -> {
            var cause = error instanceof CompletionException ? error.getCause() : error;
            if (cause != null && !(cause instanceof ConditionalCheckFailedException)) {
                warn(cause);
            }
        });
    }

    private static void warn(Throwable error) {
        LOG.warn("Other machines may not see which shards stand still: {}", error.toString());
    }
}
