package streampublisher.leases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.coordinator.LeaderDecider;
import software.amazon.kinesis.coordinator.assignment.LeaseAssignmentManager;
import software.amazon.kinesis.leases.LeaseManagementConfig;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.worker.metricstats.WorkerMetricStatsDAO;
import streampublisher.testing.Eventually;
import streampublisher.testing.LoggedEvents;

/** A leader whose assignment fails with an error, which KCL does not catch. */
@Timeout(60)
class LeaseAssignmentTest {

    private final DynamoDbAsyncClient dynamo = Fakes.of(DynamoDbAsyncClient.class, LeaseAssignmentTest::refuse);
    private final LeaseManagementConfig config = new LeaseManagementConfig(
                    "orders-publisher",
                    "orders-publisher",
                    dynamo,
                    Fakes.of(KinesisAsyncClient.class, LeaseAssignmentTest::refuse),
                    "host-1")
            .leaseAssignmentIntervalMillis(20L);
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<String> ends = new CopyOnWriteArrayList<>();
    private final AtomicInteger lists = new AtomicInteger();
    private final LeaseAssignment assignment = new LeaseAssignment(
            config, () -> calls.add("leave"), ends::add, task -> this.threads.newThread(task));
    private volatile ThreadFactory threads = Thread::new;
    private volatile Error error;
    private volatile int errorsLeft;
    private LeaseAssignmentManager manager;
    private LoggedEvents logged;

    @BeforeEach
    void start() {
        logged = new LoggedEvents();
        manager = assignment.make(
                Fakes.of(LeaseRefresher.class, this::refresh),
                new WorkerMetricStatsDAO(
                        dynamo, config.workerUtilizationAwareAssignmentConfig().workerMetricsTableConfig(), 1_000L),
                new NullMetricsFactory(),
                Fakes.of(LeaderDecider.class, this::decide));
    }

    @AfterEach
    void stop() {
        assignment.stop();
        logged.close();
    }

    @Test
    void itBeginsAnewAfterTheLockIsGivenBack() {
        fail(new NoClassDefFoundError("no"), 1);
        manager.start();

        Eventually.holds(() -> calls.contains("releaseLeadershipIfHeld"));
        var before = lists.get();
        Eventually.holds(() -> lists.get() > before + 2);
        assertEquals(List.of("assignment_failed"), logged.names());
        assertEquals(List.of(), ends);
    }

    @Test
    void theThirdErrorEndsTheWorker() {
        fail(new NoClassDefFoundError("no"), 3);
        manager.start();

        Eventually.holds(() -> !ends.isEmpty());
        assertEquals(3, lists.get());
    }

    @Test
    void aMachineShortOfMemoryOrThreadsEndsTheWorkerAtOnce() {
        fail(new OutOfMemoryError("unable to create native thread"), 1);
        manager.start();

        Eventually.holds(() -> !ends.isEmpty());
        assertEquals(1, lists.get());
    }

    @Test
    void whereNoThreadCanBeMadeTheWorkerEndsAtTheFirstError() {
        threads = task -> {
            throw new OutOfMemoryError("unable to create native thread");
        };
        fail(new NoClassDefFoundError("no"), 1);
        manager.start();

        Eventually.holds(() -> !ends.isEmpty());
        assertEquals(List.of("the assignment of leases has failed: java.lang.NoClassDefFoundError: no"), ends);
    }

    @Test
    void aStopGivesBackTheLockAndTakesNoMoreLeases() {
        manager.start();
        Eventually.holds(() -> lists.get() > 0);

        assignment.stop();

        assertEquals(List.of("leave", "shutdown"), calls);
        assertEquals(List.of(), logged.names());
    }

    @Test
    void aLeaderThatAssignsNothingForTwoMinutesIsStuck() {
        for (var look = 0; look < 12; look++) {
            assertFalse(assignment.isStuck(10_000));
        }

        assertTrue(assignment.isStuck(10_000));
    }

    @Test
    void aLeaderThatAssignsBetweenTwoLooksIsNotStuck() {
        manager.start();
        for (var look = 0; look < 5; look++) {
            var before = lists.get();
            Eventually.holds(() -> lists.get() > before);
            assertFalse(assignment.isStuck(60_000));
        }
    }

    private void fail(Error thrown, int times) {
        error = thrown;
        errorsLeft = times;
    }

    private Object refresh(Object self, Method method, Object[] arguments) {
        lists.incrementAndGet();
        return Map.entry(List.of(), List.of());
    }

    private synchronized Object decide(Object self, Method method, Object[] arguments) {
        if (!method.getName().equals("isLeader")) {
            return calls.add(method.getName()) ? null : null;
        }
        if (errorsLeft > 0) {
            errorsLeft--;
            lists.incrementAndGet();
            throw error;
        }
        return true;
    }

    private static Object refuse(Object self, Method method, Object[] arguments) {
        throw new IllegalStateException(method.getName());
    }
}
