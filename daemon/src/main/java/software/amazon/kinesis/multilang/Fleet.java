package software.amazon.kinesis.multilang;

import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.worker.metricstats.WorkerMetricStats;
import software.amazon.kinesis.worker.metricstats.WorkerMetricStatsDAO;

/** The other workers of this application, as far as they have reported their load of late. */
final class Fleet {

    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);
    /** Reports carry whole seconds of their worker's clock, so that less would tell nothing. */
    private static final long SHORTEST_MILLIS = 5_000;

    private final WorkerMetricStatsDAO reports;
    private final String worker;
    private final long freshMillis;

    private Fleet(Scheduler scheduler) {
        var leases = scheduler.leaseManagementConfig();
        var assignment = leases.workerUtilizationAwareAssignmentConfig();
        var everyMillis = assignment.workerMetricsReporterFreqInMillis();
        this.reports = new WorkerMetricStatsDAO(
                leases.dynamoDBClient(), assignment.workerMetricsTableConfig(), everyMillis);
        this.worker = leases.workerIdentifier();
        this.freshMillis = Math.max(2 * everyMillis, SHORTEST_MILLIS);
    }

    /** Who may have this worker's leases when it stops; nobody where only the leader can tell. */
    static List<String> heirs(Scheduler scheduler) {
        if (scheduler.leaseManagementConfig().maxLeasesForWorker() < Integer.MAX_VALUE) {
            // Only the leader knows who has room.
            return List.of();
        }
        try {
            return new Fleet(scheduler).leave();
        } catch (RuntimeException error) {
            // Workers need not report at all (disableWorkerMetrics); then the next leader decides.
            LOG.warn("Other workers are not known, leases are left to the next leader: {}", error.toString());
            return List.of();
        }
    }

    /** Takes this worker's own report away, so that nobody counts on it, and names the others that run. */
    private List<String> leave() {
        var oldest = Instant.now().minusMillis(freshMillis).getEpochSecond();
        var all = reports.getAllWorkerMetricStats();
        all.stream().filter(this::isOwn).forEach(reports::deleteMetrics);
        return all.stream()
                .filter(report -> !isOwn(report) && report.getLastUpdateTime() >= oldest)
                .map(WorkerMetricStats::getWorkerId)
                .sorted()
                .toList();
    }

    private boolean isOwn(WorkerMetricStats report) {
        return report.getWorkerId().equals(worker);
    }
}
