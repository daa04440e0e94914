package software.amazon.kinesis.multilang;

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
 * The adapter's client, with reads that a worker of many shards can hold, and none that waits for
 * another shard's.
 *
 * <p>The adapter reads in the threads that Java has for everything, one fewer than processors, so that
 * on four processors three slow reads hold up all other shards.
 */
class ShardReads extends AmazonDynamoDBStreamsAdapterClient {

    private final DynamoDbStreamsClient streams;
    private final ReadSize size;
    private final Executor threads;

    /**
     * @param size how many records to ask for
     * @param threads runs a read for each shard at a time
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
     * Returns the shards that follow on one.
     *
     * <p>The adapter asks again when it is throttled. After any other failure it ends the shard without
     * them, and they stand still until KCL next compares leases and shards. So each is told as throttling,
     * but that there is no such stream or shard.
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
