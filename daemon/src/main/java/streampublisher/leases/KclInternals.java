package streampublisher.leases;

import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.kinesis.coordinator.CoordinatorStateDAO;
import software.amazon.kinesis.coordinator.DynamicMigrationComponentsInitializer;
import software.amazon.kinesis.coordinator.LeaderDecider;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.coordinator.assignment.LeaseAssignmentManager;
import software.amazon.kinesis.leader.DynamoDBLockBasedLeaderDecider;
import software.amazon.kinesis.leases.LeaseCoordinator;
import software.amazon.kinesis.leases.dynamodb.DynamoDBLeaseCoordinator;
import software.amazon.kinesis.lifecycle.LeaseGracefulShutdownHandler;

/**
 * All reflection on KCL. No public method of KCL 3.1.3 leads to these private fields.
 *
 * <p>A newer KCL may have no such field. Then each method here throws, and the caller does without.
 */
final class KclInternals {

    private static final Internal DISCOVERY =
            new Internal(DynamoDBLeaseCoordinator.class, "leaseDiscoveryFuture", Future.class);
    private static final Internal INITIALIZER = new Internal(
            Scheduler.class, "migrationComponentsInitializer", DynamicMigrationComponentsInitializer.class);
    private static final Internal STATES = new Internal(
            DynamicMigrationComponentsInitializer.class, "coordinatorStateDAO", CoordinatorStateDAO.class);
    private static final Internal DECIDER_CREATOR = new Internal(
            DynamicMigrationComponentsInitializer.class, "ddbLockBasedLeaderDeciderCreator", Supplier.class);

    private static final Internal ASSIGNMENT_CREATOR =
            new Internal(DynamicMigrationComponentsInitializer.class, "lamCreator", BiFunction.class);
    private static final Internal REPORTER = new Internal(
            DynamicMigrationComponentsInitializer.class, "workerMetricsReporterFuture", ScheduledFuture.class);
    private static final Internal HAND_OFFS = new Internal(
            DynamoDBLeaseCoordinator.class, "leaseGracefulShutdownHandler", LeaseGracefulShutdownHandler.class);

    /** Every field that this class uses. */
    static final List<Internal> ALL =
            List.of(DISCOVERY, INITIALIZER, STATES, DECIDER_CREATOR, ASSIGNMENT_CREATOR, REPORTER, HAND_OFFS);

    private KclInternals() {}

    /** A private field of KCL. */
    record Internal(Class<?> owner, String name, Class<?> type) {

        Field field() throws NoSuchFieldException {
            var field = owner.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        }
    }

    /** The task in which a worker looks for leases that the leader has assigned to it. */
    static Future<?> discovery(LeaseCoordinator coordinator) throws ReflectiveOperationException {
        return (Future<?>) DISCOVERY.field().get(coordinator);
    }

    /** The task in which a worker reports its load. Null until KCL has started. */
    static Future<?> reporter(Scheduler scheduler) throws ReflectiveOperationException {
        return (Future<?>) REPORTER.field().get(INITIALIZER.field().get(scheduler));
    }

    /** What hands leases over that the leader has assigned to other workers. */
    static LeaseGracefulShutdownHandler handOffs(LeaseCoordinator coordinator) throws ReflectiveOperationException {
        return (LeaseGracefulShutdownHandler) HAND_OFFS.field().get(coordinator);
    }

    /** Replaces the way in which KCL makes its assignment of leases. Must be called before KCL starts. */
    static void replaceAssignment(
            Scheduler scheduler,
            BiFunction<DynamicMigrationComponentsInitializer, LeaderDecider, LeaseAssignmentManager> make)
            throws ReflectiveOperationException {
        var initializer = (DynamicMigrationComponentsInitializer) INITIALIZER.field().get(scheduler);
        BiFunction<ScheduledExecutorService, LeaderDecider, LeaseAssignmentManager> creator =
                (threads, decider) -> make.apply(initializer, decider);
        ASSIGNMENT_CREATOR.field().set(initializer, creator);
    }

    /** Replaces the way in which KCL makes its leader decider. Must be called before KCL starts. */
    static void replaceLeaderDecider(
            Scheduler scheduler, Function<CoordinatorStateDAO, DynamoDBLockBasedLeaderDecider> make)
            throws ReflectiveOperationException {
        var initializer = INITIALIZER.field().get(scheduler);
        var states = (CoordinatorStateDAO) STATES.field().get(initializer);
        Supplier<?> creator = () -> make.apply(states);
        DECIDER_CREATOR.field().set(initializer, creator);
    }
}
