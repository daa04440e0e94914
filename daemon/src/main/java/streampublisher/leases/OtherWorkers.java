package streampublisher.leases;

import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.leases.exceptions.DependencyException;
import software.amazon.kinesis.worker.metricstats.WorkerMetricStats;
import software.amazon.kinesis.worker.metricstats.WorkerMetricStatsDAO;

/** The workers of this application that have reported their load lately, other than this one. */
final class OtherWorkers {

    private static final Logger LOG = LoggerFactory.getLogger(OtherWorkers.class);

    /** A report has whole seconds of its worker's clock. A shorter time could not be compared. */
    private static final long SHORTEST_MILLIS = 5_000;

    private final WorkerMetricStatsDAO reports;
    private final String worker;
    private final long freshMillis;

    private OtherWorkers(Scheduler scheduler) {
        var leases = scheduler.leaseManagementConfig();
        var assignment = leases.workerUtilizationAwareAssignmentConfig();
        var everyMillis = assignment.workerMetricsReporterFreqInMillis();
        this.reports = new WorkerMetricStatsDAO(
                leases.dynamoDBClient(), assignment.workerMetricsTableConfig(), everyMillis);
        this.worker = leases.workerIdentifier();
        this.freshMillis = Math.max(2 * everyMillis, SHORTEST_MILLIS);
    }

    /**
     * Returns the workers that may take this worker's leases when it stops. With a limit of leases for a
     * worker it returns none, because only the leader knows who has room.
     */
    static List<String> successors(Scheduler scheduler) {
        if (scheduler.leaseManagementConfig().maxLeasesForWorker() < Integer.MAX_VALUE) {
            return List.of();
        }
        return running(scheduler);
    }

    /** Returns the other workers that run, in order of their names. */
    static List<String> running(Scheduler scheduler) {
        try {
            return new OtherWorkers(scheduler).running();
        } catch (RuntimeException error) {
            // There may be no reports yet. Then the next leader decides.
            LOG.warn("The other workers are not known; the next leader assigns the leases: {}", error.toString());
            return List.of();
        }
    }

    /**
     * Creates the table of the reports if it is missing. If another worker creates it at the same moment, DynamoDB
     * refuses one of the two. KCL finds the table when it starts.
     */
    static void createTable(Scheduler scheduler) {
        try {
            new OtherWorkers(scheduler).reports.initialize();
        } catch (DependencyException | RuntimeException error) {
            LOG.debug("KCL creates the table of the workers' reports", error);
        }
    }

    /** Ends this worker's own reports, so that no leader assigns a lease to it. */
    static void leave(Scheduler scheduler) {
        try {
            var reporter = KclInternals.reporter(scheduler);
            if (reporter != null) {
                reporter.cancel(false);
            }
            var workers = new OtherWorkers(scheduler);
            workers.reports.getAllWorkerMetricStats().stream()
                    .filter(workers::isOwn)
                    .forEach(workers.reports::deleteMetrics);
        } catch (ReflectiveOperationException | RuntimeException error) {
            LOG.warn("The leader may still assign leases to this worker: {}", error.toString());
        }
    }

    private List<String> running() {
        var oldest = Instant.now().minusMillis(freshMillis).getEpochSecond();
        return reports.getAllWorkerMetricStats().stream()
                .filter(report -> !isOwn(report) && report.getLastUpdateTime() >= oldest)
                .map(WorkerMetricStats::getWorkerId)
                .sorted()
                .toList();
    }

    private boolean isOwn(WorkerMetricStats report) {
        return report.getWorkerId().equals(worker);
    }
}
