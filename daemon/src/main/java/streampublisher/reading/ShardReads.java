package streampublisher.reading;

import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.adapter.DynamoDBStreamsGetRecordsResponseAdapter;
import com.amazonaws.services.dynamodbv2.streamsadapter.util.AmazonServiceExceptionTransformer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.model.ShardFilter;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.awssdk.services.kinesis.model.DescribeStreamResponse;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;

/**
 * The adapter's client, with smaller reads where a worker has many shards, and with threads of its own.
 *
 * <p>The adapter reads in Java's common pool, whose threads are one fewer than the processors. On four
 * processors three slow reads would delay all other shards.
 */
class ShardReads extends AmazonDynamoDBStreamsAdapterClient {

    private final DynamoDbStreamsClient streams;
    private final ReadSize size;
    private final Executor threads;

    /**
     * @param size decides how many records a read asks for
     * @param threads runs the reads, one at a time for each shard
     */
    ShardReads(DynamoDbStreamsClient streams, Region region, ReadSize size, Executor threads) {
        super(streams, region);
        this.streams = streams;
        this.size = size;
        this.threads = threads;
    }

    @Override
    public CompletableFuture<DynamoDBStreamsGetRecordsResponseAdapter> getDynamoDBStreamsRecords(
            GetRecordsRequest request) {
        var sized = request.toBuilder().limit(Math.min(request.limit(), size.next())).build();
        return CompletableFuture.supplyAsync(() -> read(sized), threads);
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
            throw error;
        } catch (SdkException error) {
            throw LimitExceededException.builder().message(error.getMessage()).cause(error).build();
        }
    }

    private Page read(GetRecordsRequest request) {
        try {
            var page = new Page(streams.getRecords(request));
            size.read(page.records());
            return page;
        } catch (AwsServiceException error) {
            throw AmazonServiceExceptionTransformer.transformDynamoDBStreamsToKinesisGetRecords(
                    error, getSkipRecordsBehavior());
        }
    }
}
