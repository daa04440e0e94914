package software.amazon.kinesis.multilang;

import java.util.Map;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.kinesis.coordinator.Scheduler;

/**
 * The lock of the fleet's leader, who alone hands out leases.
 *
 * <p>A leader that was killed leaves its lock behind for two minutes. When it comes back under its
 * own name, KCL neither takes that lock for its own nor renews it nor gives it back at a stop, so
 * that for these two minutes nobody hands out leases. A worker that starts can't be holding a lock
 * already: one in its name is a killed worker's, and is taken away.
 */
final class LeaderLock {

    private static final String KEY = "Leader";

    private final DynamoDbAsyncClient tables;
    private final String table;
    private final String worker;

    LeaderLock(Scheduler scheduler) {
        this.tables = scheduler.leaseManagementConfig().dynamoDBClient();
        this.table = scheduler.coordinatorConfig().coordinatorStateTableConfig().tableName();
        this.worker = scheduler.leaseManagementConfig().workerIdentifier();
    }

    /** Takes away the lock that an earlier worker of this name has left, if there is one. */
    void clear() {
        try {
            tables.deleteItem(request -> request.tableName(table)
                            .key(Map.of("key", text(KEY)))
                            .conditionExpression("ownerName = :worker")
                            .expressionAttributeValues(Map.of(":worker", text(worker))))
                    .join();
        } catch (CompletionException error) {
            if (!isNone(error.getCause())) {
                throw error;
            }
        }
    }

    private static AttributeValue text(String value) {
        return AttributeValue.builder().s(value).build();
    }

    /** Another worker holds the lock or nobody does, or the fleet has no table yet. */
    private static boolean isNone(Throwable error) {
        return error instanceof ConditionalCheckFailedException || error instanceof ResourceNotFoundException;
    }
}
