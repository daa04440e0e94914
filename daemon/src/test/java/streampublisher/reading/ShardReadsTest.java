package streampublisher.reading;

import static com.amazonaws.services.dynamodbv2.streamsadapter.util.KinesisMapperUtil.createKinesisStreamIdentifierFromDynamoDBStreamsArn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static software.amazon.kinesis.common.InitialPositionInStreamExtended.newInitialPosition;

import com.amazonaws.services.dynamodbv2.streamsadapter.DynamoDBStreamsDataFetcher;
import com.amazonaws.services.dynamodbv2.streamsadapter.adapter.DynamoDBStreamsGetRecordsResponseAdapter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.InterceptorContext;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.dynamodb.model.InternalServerErrorException;
import software.amazon.awssdk.services.dynamodb.model.OperationType;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.model.StreamRecord;
import software.amazon.awssdk.services.dynamodb.model.StreamStatus;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.awssdk.services.kinesis.model.ChildShard;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.StreamIdentifier;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.retrieval.DataFetcherResult;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.KinesisDataFetcherProviderConfig;
import streampublisher.telemetry.Health;
import streampublisher.telemetry.Metrics;
import streampublisher.telemetry.ReportedFailures;

/** Reads return what the adapter's return, in less memory. No shard waits for another shard's read. */
@Timeout(30)
class ShardReadsTest {

    private static final Instant WRITTEN = Instant.ofEpochSecond(1_700_000_000);
    private static final int MOST = 1_000;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<GetRecordsRequest> requests = new ArrayList<>();
    private final Queue<Supplier<DescribeStreamResponse>> shardDescriptions = new ArrayDeque<>();
    private final ExpiredRecords expired = new ExpiredRecords(
            false, new Metrics(0, "orders-publisher", "orders", () -> 0), new Health(() -> 0, 60_000, true));
    private Set<String> listed = Set.of();
    private final UnknownShards unknown =
            new UnknownShards(() -> listed, System::currentTimeMillis, Long.MAX_VALUE, () -> {}, new Health(() -> 0, 60_000, true));
    private int shards = 1;

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void recordsAreThoseOfTheAdapterWithoutTheSdksObjects() throws Exception {
        var response = response(record("7", "first"), record("8", "second"));

        var page = read(request -> response).get();

        var theirs = new DynamoDBStreamsGetRecordsResponseAdapter(response);
        assertEquals(carried(theirs.records()), carried(page.records()));
        assertTrue(page.records().stream().allMatch(record -> record.getClass() == KinesisClientRecord.class));
        assertEquals(theirs.nextShardIterator(), page.nextShardIterator());
        assertTrue(Math.abs(theirs.millisBehindLatest() - page.millisBehindLatest()) < 10_000);
    }

    @Test
    void recordsAreWrittenAsJsonOnce() throws Exception {
        var page = read(request -> response(record("7", "first"))).get();

        assertSame(page.records().get(0), page.records().get(0));
    }

    @Test
    void aReadWithoutRecordsIsNotBehind() throws Exception {
        var page = read(request -> response()).get();

        assertEquals(List.of(), page.records());
        assertNull(page.millisBehindLatest());
    }

    @Test
    void aWorkerOfManyShardsAsksForFewerRecords() throws Exception {
        shards = 100;

        read(request -> response()).get();

        assertTrue(requests.get(0).limit() < MOST);
        assertEquals("iterator", requests.get(0).shardIterator());
    }

    @Test
    void noMoreIsAskedForThanTheSettingsSay() throws Exception {
        client(request -> response()).getDynamoDBStreamsRecords(request().toBuilder().limit(7).build()).get();

        assertEquals(7, requests.get(0).limit());
    }

    @Test
    void readsOfMoreShardsThanProcessorsAreUnderWayTogether() throws Exception {
        var together = new CyclicBarrier(4 * Runtime.getRuntime().availableProcessors());
        var client = client(request -> {
            meet(together);
            return response();
        });

        var reads = Stream.generate(() -> client.getDynamoDBStreamsRecords(request()))
                .limit(together.getParties())
                .toList();

        CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
    }

    @Test
    void aFailureIsReportedAsTheAdapterReportsIt() {
        var throttled = DynamoDbException.builder()
                .awsErrorDetails(AwsErrorDetails.builder().errorCode("ThrottlingException").build())
                .build();

        var failed = assertThrows(ExecutionException.class, read(request -> {
            throw throttled;
        })::get);

        assertInstanceOf(ProvisionedThroughputExceededException.class, failed.getCause());
    }

    @Test
    void childShardsAreFoundWhateverFailsMeanwhile() {
        shardDescriptions.add(() -> fail(InternalServerErrorException.builder().statusCode(500)));
        shardDescriptions.add(() -> fail(SdkClientException.builder()));
        shardDescriptions.add(() -> described("shardId-2"));

        var last = shard(request -> GetRecordsResponse.builder().build()).getRecords();

        assertEquals(List.of("shardId-2"), childrenOf(last));
    }

    @Test
    void aStreamThatIsGoneIsAskedForChildrenOnce() {
        shardDescriptions.add(() -> fail(ResourceNotFoundException.builder().statusCode(400)));

        var last = shard(request -> GetRecordsResponse.builder().build()).getRecords();

        assertEquals(List.of(), childrenOf(last));
        assertTrue(shardDescriptions.isEmpty());
    }

    @Test
    void aListedShardThatIsUnknownForAMomentIsNotReadToItsEnd() {
        listed = Set.of("shardId-1");
        remember("iterator");

        var failed = assertThrows(ExecutionException.class, read(request -> fail(gone()))::get);

        assertFalse(failed.getCause() instanceof software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException);
        assertInstanceOf(AwsServiceException.class, failed.getCause());
        assertTrue(ReportedFailures.isMarked(failed.getCause()));
    }

    @Test
    void aShardThatHasExpiredIsAtItsEnd() {
        remember("iterator");

        var failed = assertThrows(ExecutionException.class, read(request -> fail(gone()))::get);

        assertInstanceOf(
                software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException.class, failed.getCause());
    }

    @Test
    void anIteratorOfNoKnownShardIsRenewed() {
        var failed = assertThrows(ExecutionException.class, read(request -> fail(gone()))::get);

        assertInstanceOf(ExpiredIteratorException.class, failed.getCause());
    }

    private static SdkException.Builder gone() {
        return ResourceNotFoundException.builder()
                .awsErrorDetails(AwsErrorDetails.builder().errorCode("ResourceNotFoundException").build())
                .statusCode(400);
    }

    /** Does what the SDK does when it has got an iterator. */
    private void remember(String iterator) {
        expired.afterExecution(
                InterceptorContext.builder()
                        .request(GetShardIteratorRequest.builder().shardId("shardId-1").shardIteratorType("LATEST").build())
                        .response(GetShardIteratorResponse.builder().shardIterator(iterator).build())
                        .build(),
                new ExecutionAttributes());
    }

    /** Makes the adapter's reader, at the beginning of a shard. */
    private DynamoDBStreamsDataFetcher shard(Function<GetRecordsRequest, GetRecordsResponse> answer) {
        var name = createKinesisStreamIdentifierFromDynamoDBStreamsArn(
                "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000", false);
        var place = new KinesisDataFetcherProviderConfig(
                StreamIdentifier.singleStreamInstance(name), "shardId-1", new NullMetricsFactory(), MOST, Duration.ZERO);
        var shard = new DynamoDBStreamsDataFetcher(client(answer), place);
        shard.initialize("TRIM_HORIZON", newInitialPosition(InitialPositionInStream.TRIM_HORIZON));
        return shard;
    }

    private static List<String> childrenOf(DataFetcherResult read) {
        return Stream.ofNullable(read.getResultAdapter().childShards())
                .flatMap(List::stream)
                .map(ChildShard::shardId)
                .toList();
    }

    private static DescribeStreamResponse described(String... shardIds) {
        var shards = Stream.of(shardIds)
                .map(shardId -> Shard.builder()
                        .shardId(shardId)
                        .parentShardId("shardId-1")
                        .sequenceNumberRange(range -> range.startingSequenceNumber("1"))
                        .build())
                .toList();
        return DescribeStreamResponse.builder()
                .streamDescription(stream -> stream.shards(shards).streamStatus(StreamStatus.ENABLED))
                .build();
    }

    private static <T> T fail(SdkException.Builder error) {
        throw error.message("failed").build();
    }

    private CompletableFuture<DynamoDBStreamsGetRecordsResponseAdapter> read(
            Function<GetRecordsRequest, GetRecordsResponse> answer) {
        return client(answer).getDynamoDBStreamsRecords(request());
    }

    private ShardReads client(Function<GetRecordsRequest, GetRecordsResponse> answer) {
        var streams = new DynamoDbStreamsClient() {
            @Override
            public GetRecordsResponse getRecords(GetRecordsRequest request) {
                synchronized (requests) {
                    requests.add(request);
                }
                return answer.apply(request);
            }

            @Override
            public DescribeStreamResponse describeStream(DescribeStreamRequest request) {
                assertEquals("shardId-1", request.shardFilter().shardId());
                return shardDescriptions.remove().get();
            }

            @Override
            public GetShardIteratorResponse getShardIterator(GetShardIteratorRequest request) {
                return GetShardIteratorResponse.builder().shardIterator("iterator").build();
            }

            @Override
            public String serviceName() {
                return "streams";
            }

            @Override
            public void close() {}
        };
        return new ShardReads(
                streams, Region.EU_CENTRAL_1, new ReadSize(MOST, () -> shards), threads, expired, unknown);
    }

    private static GetRecordsRequest request() {
        return GetRecordsRequest.builder().shardIterator("iterator").limit(MOST).build();
    }

    private static GetRecordsResponse response(Record... records) {
        return GetRecordsResponse.builder().records(records).nextShardIterator("next").build();
    }

    private static Record record(String sequenceNumber, String id) {
        var key = Map.of("id", AttributeValue.fromS(id));
        var change = StreamRecord.builder()
                .sequenceNumber(sequenceNumber)
                .approximateCreationDateTime(WRITTEN)
                .keys(key)
                .newImage(key)
                .build();
        return Record.builder().eventName(OperationType.INSERT).eventID(sequenceNumber).dynamodb(change).build();
    }

    /** Returns every part of the records that the protocol carries. */
    private static List<List<Object>> carried(List<KinesisClientRecord> records) {
        return records.stream()
                .map(record -> List.<Object>of(
                        record.sequenceNumber(), record.subSequenceNumber(), record.partitionKey(),
                        record.approximateArrivalTimestamp(), record.data(), record.encryptionType()))
                .toList();
    }

    private static void meet(CyclicBarrier together) {
        try {
            together.await(15, TimeUnit.SECONDS);
        } catch (Exception error) {
            throw new IllegalStateException(error);
        }
    }
}
