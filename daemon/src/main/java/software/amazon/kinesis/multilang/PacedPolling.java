package software.amazon.kinesis.multilang;

import com.amazonaws.services.dynamodbv2.streamsadapter.polling.DynamoDBStreamsPollingConfig;
import software.amazon.kinesis.retrieval.polling.PollingConfig;
import software.amazon.kinesis.retrieval.polling.SleepTimeController;

/** The adapter's polling at a pace of our own: it replaces one that is only set by its own. */
final class PacedPolling extends DynamoDBStreamsPollingConfig {

    private final SleepTimeController pace;

    /** @param given what the properties said */
    PacedPolling(PollingConfig given, SleepTimeController pace) {
        super(given.kinesisClient());
        this.pace = pace;
        maxRecords(given.maxRecords());
        idleTimeBetweenReadsInMillis(given.idleTimeBetweenReadsInMillis());
        // While one read is published the next one waits; more would fill the heap of a worker of many shards.
        recordsFetcherFactory().maxRecordsCount(1);
    }

    @Override
    public SleepTimeController sleepTimeController() {
        return pace;
    }
}
