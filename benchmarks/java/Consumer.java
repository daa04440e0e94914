import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.StreamsSchedulerFactory;
import com.amazonaws.services.dynamodbv2.streamsadapter.model.DynamoDBStreamsProcessRecordsInput;
import com.amazonaws.services.dynamodbv2.streamsadapter.polling.DynamoDBStreamsPollingConfig;
import com.amazonaws.services.dynamodbv2.streamsadapter.processor.DynamoDBStreamsShardRecordProcessor;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.ShardRecordProcessorFactory;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/**
 * What a Java programmer would run instead: a KCL consumer on the DynamoDB Streams adapter, which
 * publishes ten records a message and checkpoints after each ten.
 *
 * <p>Its parts stand as the developer guide of DynamoDB has them: the record processor and the
 * scheduler as in
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/streams-migrating-kcl.html, and the
 * checkpoint after every ten records as in
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.KCLAdapter.Walkthrough.CompleteProgram.html.
 * SNS is asked through the SDK's synchronous client, left at its defaults, one message after the
 * other. Leases are made and looked for as our daemon does it, so that it is ready as soon.
 *
 * <p>Arguments: the stream's ARN, the application's name, the topic's ARN, the table.
 */
public final class Consumer {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** In escapes: a command line or a source in another encoding would make it another Subject. */
    private static final String SUBJECT = "Publica\u00e7\u00e3o DynamoDB Stream";

    private static final int BATCH = 10;
    private static final long SECOND = 1_000;

    private Consumer() {}

    public static void main(String[] arguments) throws Exception {
        var region = Region.of(System.getenv("AWS_REGION"));
        var topic = new Topic(SnsClient.create(), arguments[2], arguments[3]);
        ShardRecordProcessorFactory processors = () -> new Processor(topic);
        // The adapter reads DynamoDB; KCL wants a client of Kinesis to be there all the same.
        var kinesis = KinesisAsyncClient.builder().region(region).build();
        var configs = new ConfigsBuilder(
                StreamsSchedulerFactory.createSingleStreamTracker(
                        arguments[0],
                        InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON)),
                arguments[1],
                kinesis,
                DynamoDbAsyncClient.create(),
                CloudWatchAsyncClient.create(),
                "java",
                processors);
        var leases = configs.leaseManagementConfig()
                .shardSyncIntervalMillis(1)
                .leaseAssignmentIntervalMillis(SECOND);
        leases.workerUtilizationAwareAssignmentConfig()
                .workerMetricsReporterFreqInMillis(SECOND)
                .inMemoryWorkerMetricsCaptureFrequencyMillis(SECOND);
        var scheduler = StreamsSchedulerFactory.createScheduler(
                configs.checkpointConfig(),
                configs.coordinatorConfig(),
                leases,
                configs.lifecycleConfig(),
                configs.metricsConfig().metricsFactory(new NullMetricsFactory()),
                configs.processorConfig(),
                configs.retrievalConfig().retrievalSpecificConfig(new DynamoDBStreamsPollingConfig(kinesis)),
                new AmazonDynamoDBStreamsAdapterClient(DefaultCredentialsProvider.builder().build(), region));
        prepare(scheduler);
        scheduler.run();
    }

    /** Does what KCL does at a first start, without its waits of up to a minute: no start is measured. */
    private static void prepare(Scheduler scheduler) throws Exception {
        var leases = scheduler.leaseCoordinator().leaseRefresher();
        leases.createLeaseTableIfNotExists();
        leases.waitUntilLeaseTableExists(1, SECOND);
        leases.createLeaseOwnerToLeaseKeyIndexIfNotExists();
        leases.waitUntilLeaseOwnerToLeaseKeyIndexExists(1, SECOND);
        for (var stream : scheduler.currentStreamConfigMap().values()) {
            scheduler.shardSyncTaskManagerProvider().apply(stream).callShardSyncTask();
        }
    }

    /** Publishes batches in the form of our own messages. */
    private record Topic(SnsClient sns, String arn, String table) {

        void publish(String shardId, List<KinesisClientRecord> batch) throws Exception {
            var entries = JSON.createArrayNode();
            var names = new TreeSet<String>();
            for (var record : batch) {
                var bytes = new byte[record.data().remaining()];
                record.data().get(bytes);
                names.add(add(entries, JSON.readTree(bytes)));
            }
            var attributes = Map.of(
                    "table", text(table),
                    "shardId", text(shardId),
                    "firstSequenceNumber", text(batch.get(0).sequenceNumber()),
                    "lastSequenceNumber", text(batch.get(batch.size() - 1).sequenceNumber()),
                    "recordCount", value("Number", String.valueOf(batch.size())),
                    "eventNames", value("String.Array", JSON.writeValueAsString(names)));
            var body = JSON.writeValueAsString(entries);
            sns.publish(message ->
                    message.topicArn(arn).subject(SUBJECT).message(body).messageAttributes(attributes));
        }

        private static String add(ArrayNode entries, JsonNode document) {
            var change = document.get("dynamodb");
            var name = document.get("eventName").asText();
            var entry = entries.addObject().put("eventName", name);
            entry.set("newImage", image(change.get("NewImage")));
            entry.set("oldImage", image(change.get("OldImage")));
            return name;
        }

        /** The adapter writes an absent image as an empty one. */
        private static JsonNode image(JsonNode image) {
            return image == null || image.isEmpty() ? null : image;
        }

        private static MessageAttributeValue text(String content) {
            return value("String", content);
        }

        private static MessageAttributeValue value(String type, String content) {
            return MessageAttributeValue.builder().dataType(type).stringValue(content).build();
        }
    }

    private static final class Processor implements DynamoDBStreamsShardRecordProcessor {

        private final Topic topic;
        private String shardId;

        private Processor(Topic topic) {
            this.topic = topic;
        }

        @Override
        public void initialize(InitializationInput input) {
            shardId = input.shardId();
            System.err.println("{\"event\": \"processor_started\"}");
        }

        @Override
        public void processRecords(DynamoDBStreamsProcessRecordsInput input) {
            var batch = input.records().stream().map(KinesisClientRecord.class::cast).collect(Collectors.toList());
            for (var first = 0; first < batch.size(); first += BATCH) {
                var ten = new ArrayList<>(batch.subList(first, Math.min(first + BATCH, batch.size())));
                try {
                    topic.publish(shardId, ten);
                    var last = ten.get(ten.size() - 1);
                    input.checkpointer().checkpoint(last.sequenceNumber(), last.subSequenceNumber());
                } catch (Exception error) {
                    // A benchmark with an error in it says nothing.
                    error.printStackTrace();
                    Runtime.getRuntime().halt(1);
                }
            }
        }

        @Override
        public void leaseLost(LeaseLostInput input) {}

        @Override
        public void shardEnded(ShardEndedInput input) {
            checkpoint(input.checkpointer()::checkpoint);
        }

        @Override
        public void shutdownRequested(ShutdownRequestedInput input) {
            checkpoint(input.checkpointer()::checkpoint);
        }

        private static void checkpoint(Checkpoint checkpoint) {
            try {
                checkpoint.make();
            } catch (Exception error) {
                error.printStackTrace();
            }
        }

        private interface Checkpoint {
            void make() throws Exception;
        }
    }
}
