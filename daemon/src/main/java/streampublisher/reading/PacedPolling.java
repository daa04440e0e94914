package streampublisher.reading;

import com.amazonaws.services.dynamodbv2.streamsadapter.polling.DynamoDBStreamsPollingConfig;
import software.amazon.kinesis.retrieval.polling.PollingConfig;
import software.amazon.kinesis.retrieval.polling.SleepTimeController;

/** The adapter's polling with our pace. The adapter replaces a pace that is merely set. */
final class PacedPolling extends DynamoDBStreamsPollingConfig {

    private final SleepTimeController pace;

    /** @param given the polling that the properties describe */
    PacedPolling(PollingConfig given, SleepTimeController pace) {
        super(given.kinesisClient());
        this.pace = pace;
        maxRecords(given.maxRecords());
        idleTimeBetweenReadsInMillis(given.idleTimeBetweenReadsInMillis());
        // One read waits while another is published. More would fill the heap of a worker with many shards.
        recordsFetcherFactory().maxRecordsCount(1);
    }

    @Override
    public SleepTimeController sleepTimeController() {
        return pace;
    }
}
