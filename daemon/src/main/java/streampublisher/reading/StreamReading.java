package streampublisher.reading;

import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.DynamoDBStreamsDataFetcher;
import com.amazonaws.services.dynamodbv2.streamsadapter.StreamsSchedulerFactory;
import com.google.common.collect.Maps;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.retrieval.RetrievalConfig;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/** How one stream is read: its clients, and what KCL must know to poll it. */
public final class StreamReading {

    /** How many reads may run at once. The SDK's own limit is 50. */
    private static final int MOST_READS = 500;

    /** How long a read of expired records is delayed before it fails. */
    private static final Duration TRIMMED_WAIT = Duration.ofSeconds(10);

    /** How long LATEST is looked for in a shard, and in how many shards at once. */
    private static final Duration LATEST_WAIT = Duration.ofMinutes(10);

    private static final int MOST_SEARCHES = 16;

    private final StreamArn stream;
    private final ExpiredRecords expired;
    private final UnknownShards unknown;
    private final DynamoDbStreamsClient streams;

    /**
     * @param expired looks at each call of the client
     * @param disabled looks at each description of the stream
     * @param unknownShardExitAfterMillis how long the service may not know a shard before the worker ends
     * @param halt ends the JVM as a failure, without running hooks
     */
    // The SDK recommends another client. The connections of this one were measured.
    @SuppressWarnings("deprecation")
    public StreamReading(
            StreamArn stream,
            AwsCredentialsProvider credentials,
            ExpiredRecords expired,
            DisabledStream disabled,
            long unknownShardExitAfterMillis,
            Runnable halt) {
        this.stream = stream;
        this.expired = expired;
        this.unknown = new UnknownShards(this::list, System::currentTimeMillis, unknownShardExitAfterMillis, halt);
        var failures = new ReadFailures(stream.service(), expired::shardOf, System::nanoTime);
        this.streams = DynamoDbStreamsClient.builder()
                .httpClientBuilder(ApacheHttpClient.builder().maxConnections(MOST_READS))
                .region(stream.region())
                .credentialsProvider(credentials)
                .overrideConfiguration(override -> {
                    override.addExecutionInterceptor(failures);
                    override.addExecutionInterceptor(expired);
                    override.addExecutionInterceptor(disabled);
                    if (stream.isTranslated()) {
                        override.addExecutionInterceptor(new ServiceArnInterceptor(stream));
                    }
                })
                .build();
    }

    /** The stream's ARN, as the service knows it. */
    public String arn() {
        return stream.service();
    }

    /** Returns those of the shards that can't be this stream's. */
    public Set<String> foreign(Collection<String> shardIds) {
        return StreamShards.foreign(shardIds, list(), System.currentTimeMillis());
    }

    /** Returns the checkpoint that LATEST means at this moment, for each of the shards. */
    public Map<String, String> latest(Collection<String> shardIds) {
        var place = new LatestPlace(streams, stream.service(), Instant::now, ShardReads::sleep, LATEST_WAIT);
        var threads = Executors.newFixedThreadPool(MOST_SEARCHES);
        try {
            var found = shardIds.stream()
                    .collect(Collectors.toMap(id -> id, id -> CompletableFuture.supplyAsync(() -> place.in(id), threads)));
            return Maps.transformValues(found, CompletableFuture::join);
        } finally {
            threads.shutdown();
        }
    }

    private Set<String> list() {
        return StreamShards.list(streams, stream.service());
    }

    /**
     * Prepares KCL's retrieval for this stream, and returns the client that KCL reads with.
     *
     * @param shards tells how many shards this worker reads
     */
    public AmazonDynamoDBStreamsAdapterClient client(
            RetrievalConfig retrieval, InitialPositionInStreamExtended position, IntSupplier shards) {
        retrieval.streamTracker(StreamsSchedulerFactory.createSingleStreamTracker(stream.adapter(), position));
        var polling = (PollingConfig) retrieval.retrievalSpecificConfig();
        var size = new ReadSize(polling.maxRecords(), shards);
        var client = client(size);
        var paced = new PacedPolling(polling, new ReadingPace(size::last, Instant::now));
        paced.dataFetcherProvider(shard -> new DynamoDBStreamsDataFetcher(client, shard));
        retrieval.retrievalSpecificConfig(paced);
        return client;
    }

    private AmazonDynamoDBStreamsAdapterClient client(ReadSize size) {
        var threads = Executors.newCachedThreadPool(
                new ThreadFactoryBuilder().setNameFormat("read").setDaemon(true).build());
        return expired.stopsAtTrimmedData()
                ? new TrimmedShards(streams, stream.region(), size, threads, expired, unknown, TRIMMED_WAIT)
                : new ShardReads(streams, stream.region(), size, threads, expired, unknown);
    }
}
