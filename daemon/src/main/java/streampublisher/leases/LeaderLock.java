package streampublisher.leases;

import java.util.Map;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.leader.LeaderDeciders;

/**
 * The lock of the leader, the only worker that assigns leases.
 *
 * <p>A killed leader leaves its lock and its leases behind. Nobody assigns leases until the lock expires.
 * KCL's lock lasts two minutes. This one lasts twice as long as a lease, but at least 10 s.
 *
 * <p>If the leader comes back under its own name, KCL neither uses nor renews nor releases the old lock.
 * A worker that starts can't hold the lock yet. So a lock in its name is left from a killed worker, and
 * is deleted.
 */
public final class LeaderLock {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderLock.class);
    private static final String KEY = "Leader";
    private static final long SHORTEST_MILLIS = 10_000;

    private final Scheduler scheduler;
    private final DynamoDbAsyncClient tables;
    private final String table;
    private final String worker;

    public LeaderLock(Scheduler scheduler) {
        this.scheduler = scheduler;
        this.tables = scheduler.leaseManagementConfig().dynamoDBClient();
        this.table = scheduler.coordinatorConfig().coordinatorStateTableConfig().tableName();
        this.worker = scheduler.leaseManagementConfig().workerIdentifier();
    }

    /** Deletes the lock if it is in this worker's name. */
    public void clear() {
        try {
            tables.deleteItem(request -> request.tableName(table)
                            .key(Map.of("key", text(KEY)))
                            .conditionExpression("ownerName = :worker")
                            .expressionAttributeValues(Map.of(":worker", text(worker))))
                    .join();
        } catch (CompletionException error) {
            if (!isNotOurs(error.getCause())) {
                throw error;
            }
        }
    }

    /** Sets how long a lock lasts that is not renewed. Must be called before KCL starts. */
    public void shorten() {
        var millis = Math.max(2 * scheduler.leaseManagementConfig().failoverTimeMillis(), SHORTEST_MILLIS);
        try {
            KclInternals.replaceLeaderDecider(
                    scheduler,
                    states -> LeaderDeciders.withLockOf(millis, states, worker, scheduler.metricsFactory()));
        } catch (ReflectiveOperationException | RuntimeException error) {
            LOG.warn("The leader's lock keeps KCL's two minutes: {}", error.toString());
        }
    }

    private static AttributeValue text(String value) {
        return AttributeValue.builder().s(value).build();
    }

    /** Another worker holds the lock, nobody does, or the application has no table yet. */
    private static boolean isNotOurs(Throwable error) {
        return error instanceof ConditionalCheckFailedException || error instanceof ResourceNotFoundException;
    }
}
