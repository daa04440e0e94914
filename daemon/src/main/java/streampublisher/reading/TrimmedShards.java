package streampublisher.reading;

import com.amazonaws.services.dynamodbv2.streamsadapter.adapter.DynamoDBStreamsGetRecordsResponseAdapter;
import com.amazonaws.services.dynamodbv2.streamsadapter.exceptions.UnableToReadMoreRecordsException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;

/**
 * Reads that stop at a gap: a shard whose records expired unread is not read on.
 *
 * <p>KCL retries such a read for ever, twice a second, and logs a stack trace each time. So this failure
 * is delayed. Only its own shard waits for it.
 *
 * <p>If the whole shard has expired, the stream does not know it. The adapter would treat it as read to
 * its end. Here it is a gap like any other.
 */
final class TrimmedShards extends ShardReads {

    private final Duration wait;

    /** @param wait how long a read of expired records is delayed before it fails */
    TrimmedShards(
            DynamoDbStreamsClient streams,
            Region region,
            ReadSize size,
            Executor threads,
            ExpiredRecords expired,
            UnknownShards unknown,
            Duration wait) {
        super(streams, region, size, threads, expired, unknown);
        this.wait = wait;
        setSkipRecordsBehavior(SkipRecordsBehavior.KCL_RETRY);
    }

    @Override
    public CompletableFuture<GetShardIteratorResponse> getShardIterator(GetShardIteratorRequest request) {
        return super.getShardIterator(request).exceptionallyCompose(this::standStill);
    }

    @Override
    public CompletableFuture<DynamoDBStreamsGetRecordsResponseAdapter> getDynamoDBStreamsRecords(
            GetRecordsRequest request) {
        return super.getDynamoDBStreamsRecords(request).exceptionallyCompose(this::standStill);
    }

    private <T> CompletableFuture<T> standStill(Throwable error) {
        var cause = error instanceof CompletionException ? error.getCause() : error;
        if (cause instanceof ResourceNotFoundException) {
            return failLater(new UnableToReadMoreRecordsException("The shard has expired", cause), wait);
        }
        return cause instanceof UnableToReadMoreRecordsException 
                ? failLater(cause, wait)
                : CompletableFuture.failedFuture(cause);
    }
}
