package streampublisher.leases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import streampublisher.telemetry.Standstills;

/** When the row of a shard that stands still is written and deleted. */
class StandstillRowsTest {

    private static final String SHARD = "shardId-1";
    private static final String POISON = "{\"sequenceNumber\": \"7\", \"reason\": \"is too large\", \"fix\": \"split it\"}";

    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final Standstills standstills = new Standstills(clock::get);
    private final List<Map<String, AttributeValue>> puts = new ArrayList<>();
    private final List<DeleteItemRequest> deletes = new ArrayList<>();
    private final StandstillRows rows = new StandstillRows(
            standstills, Fakes.of(DynamoDbAsyncClient.class, this::answer), "app-CoordinatorState", "w1", clock::get);
    private RuntimeException failure;

    @Test
    void aRowSaysWhichRecordWhyAndWhatToDo() {
        fail(1);

        rows.look();

        var row = puts.get(0);
        assertEquals("Stopped/shardId-1", row.get("key").s());
        assertEquals(
                List.of("w1", "7", "6", "is too large", "split it"),
                List.of("worker", "before", "checkpoint", "reason", "fix").stream().map(name -> row.get(name).s()).toList());
        assertEquals(
                List.of("1", "1000000", "1002000", "1000000"),
                List.of("failures", "since", "nextTryAt", "reportedAt").stream().map(name -> row.get(name).n()).toList());
    }

    @Test
    void aShardWithoutABadRecordNamesNone() {
        standstills.failed(SHARD, "6", 1, 1, 0);

        rows.look();

        assertFalse(puts.get(0).containsKey("before"));
    }

    @Test
    void theSameReasonIsWrittenAtMostTwiceAMinute() {
        fail(1);
        rows.look();
        rows.look();
        fail(2);
        clock.addAndGet(StandstillRows.REFRESH_MILLIS - 1);
        rows.look();
        assertEquals(1, puts.size());

        clock.incrementAndGet();
        rows.look();
        assertEquals("2", puts.get(1).get("failures").n());

        standstills.failed(SHARD, "6", 137, 3, 0);
        rows.look();
        assertEquals(3, puts.size());
    }

    @Test
    void aRowIsDeletedOnceItsShardGoesOnUnlessAnotherWorkerHasWrittenIt() {
        fail(1);
        rows.look();
        standstills.over(SHARD);
        failure = ConditionalCheckFailedException.builder().build();

        rows.look();
        rows.look();

        assertEquals(1, deletes.size());
        assertEquals("worker = :worker", deletes.get(0).conditionExpression());
        assertEquals(Map.of(":worker", AttributeValue.builder().s("w1").build()), deletes.get(0).expressionAttributeValues());
    }

    @Test
    void aTableThatRefusesTheRowIsNotAskedAgainAtOnce() {
        failure = new IllegalStateException("no");
        fail(1);
        rows.look();
        rows.look();
        assertEquals(1, puts.size());

        fail(2);
        clock.addAndGet(StandstillRows.REFRESH_MILLIS);
        rows.look();

        assertEquals(2, puts.size());
    }

    private void fail(int failures) {
        standstills.told(SHARD, "6", POISON);
        standstills.failed(SHARD, "6", 1, failures, 2_000);
    }

    private Object answer(Object proxy, Method method, Object... arguments) {
        Object answer = null;
        if (arguments[0] instanceof PutItemRequest put) {
            puts.add(put.item());
            answer = PutItemResponse.builder().build();
        } else if (arguments[0] instanceof DeleteItemRequest delete) {
            deletes.add(delete);
            answer = DeleteItemResponse.builder().build();
        }
        return failure == null ? CompletableFuture.completedFuture(answer) : CompletableFuture.failedFuture(failure);
    }
}
