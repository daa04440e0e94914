package streampublisher.reading;

import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.adapter.DynamoDBStreamsGetRecordsResponseAdapter;
import com.amazonaws.services.dynamodbv2.streamsadapter.util.AmazonServiceExceptionTransformer;
import com.amazonaws.services.dynamodbv2.streamsadapter.common.DynamoDBStreamsRequestsBuilder;
import com.amazonaws.services.dynamodbv2.streamsadapter.util.KinesisMapperUtil;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.model.ShardFilter;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamRequest;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamResponse;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import streampublisher.telemetry.ReportedFailures;

/**
 * The adapter's client, with smaller reads where a worker has many shards, and with threads of its own.
 *
 * <p>The adapter reads in Java's common pool, whose threads are one fewer than the processors. On four
 * processors three slow reads would delay all other shards.
 *
 * <p>Each failure is logged by {@link ReadFailures} or {@link UnknownShards}. What KCL and the adapter log
 * of it is left out.
 */
class ShardReads extends AmazonDynamoDBStreamsAdapterClient {

    /** How long a read of a shard that the service does not know is delayed before it fails. */
    private static final Duration UNKNOWN_WAIT = Duration.ofSeconds(2);

    private final DynamoDbStreamsClient streams;
    private final StreamDescriptions descriptions;
    private final ReadSize size;
    private final Executor threads;
    private final ExpiredRecords expired;
    private final UnknownShards unknown;

    /**
     * @param size decides how many records a read asks for
     * @param threads runs the reads, one at a time for each shard
     * @param expired knows where each iterator is
     * @param unknown decides about shards that the service does not know
     */
    ShardReads(
            DynamoDbStreamsClient streams,
            Region region,
            ReadSize size,
            Executor threads,
            ExpiredRecords expired,
            UnknownShards unknown) {
        super(streams, region);
        this.streams = streams;
        this.descriptions = new StreamDescriptions(streams, ShardReads::sleep);
        this.size = size;
        this.threads = threads;
        this.expired = expired;
        this.unknown = unknown;
    }

    static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public CompletableFuture<DescribeStreamResponse> describeStream(DescribeStreamRequest asked) {
        var request = DynamoDBStreamsRequestsBuilder.describeStreamRequestBuilder()
                .streamArn(asked.streamName())
                .limit(asked.limit())
                .exclusiveStartShardId(asked.exclusiveStartShardId())
                .build();
        return CompletableFuture.supplyAsync(() -> descriptions.describe(request), threads)
                .thenApply(KinesisMapperUtil::convertDynamoDBDescribeStreamResponseToKinesisDescribeStreamResponse);
    }

    /**
     * Returns the child shards of a shard.
     *
     * <p>The adapter retries only when it is throttled. After any other failure it ends the shard
     * without its child shards, and they wait for KCL's next audit of the leases. So each other failure
     * is reported as throttling, unless the stream or the shard does not exist.
     */
    @Override
    public DescribeStreamResponse describeStreamWithFilter(String streamArn, ShardFilter filter, String consumerId) {
        try {
            return super.describeStreamWithFilter(streamArn, filter, consumerId);
        } catch (ResourceNotFoundException | LimitExceededException error) {
            throw ReportedFailures.mark(error);
        } catch (SdkException error) {
            throw ReportedFailures.mark(
                    LimitExceededException.builder().message(error.getMessage()).cause(error).build());
        }
    }

    @Override
    public CompletableFuture<GetShardIteratorResponse> getShardIterator(GetShardIteratorRequest request) {
        var place = new ExpiredRecords.Reading(request.shardId(), beginning(request));
        return super.getShardIterator(request)
                .thenApply(answer -> known(place, answer))
                .exceptionallyComposeAsync(error -> fail(place, error), threads);
    }

    private static String beginning(GetShardIteratorRequest request) {
        return request.startingSequenceNumber() == null
                ? request.shardIteratorTypeAsString()
                : request.startingSequenceNumber();
    }

    @Override
    public CompletableFuture<DynamoDBStreamsGetRecordsResponseAdapter> getDynamoDBStreamsRecords(
            GetRecordsRequest request) {
        var sized = request.toBuilder().limit(Math.min(request.limit(), size.next())).build();
        var place = expired.readingOf(request);
        return CompletableFuture.supplyAsync(() -> read(sized), threads)
                .thenApply(page -> known(place, page))
                .exceptionallyComposeAsync(error -> fail(place, error), threads);
    }

    private DynamoDBStreamsGetRecordsResponseAdapter read(GetRecordsRequest request) {
        try {
            var page = new Page(streams.getRecords(request));
            size.read(page.records());
            return page;
        } catch (AwsServiceException error) {
            throw AmazonServiceExceptionTransformer.transformDynamoDBStreamsToKinesisGetRecords(
                    error, getSkipRecordsBehavior());
        }
    }

    private <T> T known(ExpiredRecords.Reading place, T answer) {
        if (place != null) {
            unknown.known(place.shardId());
        }
        return answer;
    }

    private <T> CompletableFuture<T> fail(ExpiredRecords.Reading place, Throwable error) {
        var cause = error instanceof CompletionException ? error.getCause() : error;
        return isNotFound(cause)
                ? notFound(place, cause)
                : CompletableFuture.failedFuture(ReportedFailures.mark(cause));
    }

    /** Where no record may be skipped, the adapter takes an unknown shard for one whose records have expired. */
    private static boolean isNotFound(Throwable error) {
        return error instanceof ResourceNotFoundException
                || error.getCause() instanceof software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
    }

    /** The adapter takes a ResourceNotFoundException for the end of the shard. */
    private <T> CompletableFuture<T> notFound(ExpiredRecords.Reading place, Throwable error) {
        if (place == null) {
            // The iterator is older than any that is valid. KCL gets a new one, of a shard that is known here.
            return CompletableFuture.failedFuture(ExpiredIteratorException.builder().cause(error).build());
        }
        if (unknown.hasExpired(place.shardId())) {
            expired.gone(place);
            return CompletableFuture.failedFuture(error);
        }
        var unknownYet = AwsServiceException.builder().message("The shard is not known yet").cause(error).build();
        return failLater(unknownYet, UNKNOWN_WAIT);
    }

    /** KCL retries at once, so a failure that lasts is delayed. Only its own shard waits for it. */
    static <T> CompletableFuture<T> failLater(Throwable failure, Duration wait) {
        return CompletableFuture.supplyAsync(
                () -> {
                    throw new CompletionException(ReportedFailures.mark(failure));
                },
                CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS));
    }
}
