package software.amazon.kinesis.multilang;

import java.lang.reflect.Field;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.kinesis.coordinator.CoordinatorStateDAO;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.leader.LeaderDeciders;

/**
 * The lock of the fleet's leader, who alone hands out leases.
 *
 * <p>A leader that was killed leaves its lock behind, with KCL for two minutes, in which nobody hands
 * out the leases that it left behind as well; here for about as long as those last. When it comes back
 * under its own name, KCL neither takes that lock for its own nor renews it nor gives it back at a
 * stop. A worker that starts can't be holding a lock already: one in its name is a killed worker's,
 * and is taken away.
 */
final class LeaderLock {

    /** KCL's fields of those names, which nothing else leads to. */
    static final String INITIALIZER = "migrationComponentsInitializer";

    static final String CREATOR = "ddbLockBasedLeaderDeciderCreator";

    static final String STATES = "coordinatorStateDAO";

    private static final Logger LOG = LoggerFactory.getLogger(LeaderLock.class);
    private static final String KEY = "Leader";
    private static final long SHORTEST_MILLIS = 10_000;

    private final Scheduler scheduler;
    private final DynamoDbAsyncClient tables;
    private final String table;
    private final String worker;

    LeaderLock(Scheduler scheduler) {
        this.scheduler = scheduler;
        this.tables = scheduler.leaseManagementConfig().dynamoDBClient();
        this.table = scheduler.coordinatorConfig().coordinatorStateTableConfig().tableName();
        this.worker = scheduler.leaseManagementConfig().workerIdentifier();
    }

    /** Takes away the lock in this worker's name, if there is one. */
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

    /** Lets a lock that is not renewed last twice as long as a lease; to be called before KCL starts. */
    void shorten() {
        var millis = Math.max(2 * scheduler.leaseManagementConfig().failoverTimeMillis(), SHORTEST_MILLIS);
        try {
            var initializer = field(Scheduler.class, INITIALIZER).get(scheduler);
            var states = (CoordinatorStateDAO) field(initializer.getClass(), STATES).get(initializer);
            Supplier<?> creator =
                    () -> LeaderDeciders.withLockOf(millis, states, worker, scheduler.metricsFactory());
            field(initializer.getClass(), CREATOR).set(initializer, creator);
        } catch (ReflectiveOperationException | RuntimeException error) {
            LOG.warn("The leader's lock keeps KCL's two minutes: {}", error.toString());
        }
    }

    private static Field field(Class<?> owner, String name) throws NoSuchFieldException {
        var field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    private static AttributeValue text(String value) {
        return AttributeValue.builder().s(value).build();
    }

    /** Another worker holds the lock or nobody does, or the fleet has no table yet. */
    private static boolean isNone(Throwable error) {
        return error instanceof ConditionalCheckFailedException || error instanceof ResourceNotFoundException;
    }
}
