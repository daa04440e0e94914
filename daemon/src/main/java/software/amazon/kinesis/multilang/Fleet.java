package software.amazon.kinesis.multilang;

import java.time.Instant;
import java.util.List;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.worker.metricstats.WorkerMetricStats;
import software.amazon.kinesis.worker.metricstats.WorkerMetricStatsDAO;

/** The other workers of this application, as far as they have reported their load of late. */
final class Fleet {

    /** Reports carry whole seconds of their worker's clock, so that less would tell nothing. */
    private static final long SHORTEST_MILLIS = 5_000;

    private final WorkerMetricStatsDAO reports;
    private final String worker;
    private final long freshMillis;

    Fleet(Scheduler scheduler) {
        var leases = scheduler.leaseManagementConfig();
        var assignment = leases.workerUtilizationAwareAssignmentConfig();
        var everyMillis = assignment.workerMetricsReporterFreqInMillis();
        this.reports = new WorkerMetricStatsDAO(
                leases.dynamoDBClient(), assignment.workerMetricsTableConfig(), everyMillis);
        this.worker = leases.workerIdentifier();
        this.freshMillis = Math.max(2 * everyMillis, SHORTEST_MILLIS);
    }

    /** Takes this worker's own report away, so that nobody counts on it, and names the others that run. */
    List<String> leave() {
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
