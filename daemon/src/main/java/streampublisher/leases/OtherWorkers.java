package streampublisher.leases;

import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.worker.metricstats.WorkerMetricStats;
import software.amazon.kinesis.worker.metricstats.WorkerMetricStatsDAO;

/** The other workers of this application that have reported their load lately. */
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
        try {
            return new OtherWorkers(scheduler).leave();
        } catch (RuntimeException error) {
            // Workers may not report at all (disableWorkerMetrics). Then the next leader decides.
            LOG.warn("The other workers are not known; the next leader assigns the leases: {}", error.toString());
            return List.of();
        }
    }

    /** Deletes this worker's own report, so that it gets no more leases. Returns the workers that run. */
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
