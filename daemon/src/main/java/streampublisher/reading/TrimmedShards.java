package streampublisher.reading;

import com.amazonaws.services.dynamodbv2.streamsadapter.adapter.DynamoDBStreamsGetRecordsResponseAdapter;
import com.amazonaws.services.dynamodbv2.streamsadapter.exceptions.UnableToReadMoreRecordsException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorResponse;

/**
 * Reads that stop at a gap: a shard whose records expired unread is not read on.
 *
 * <p>KCL retries such a read for ever, twice a second, and logs a stack trace each time. So this failure
 * is delayed. Only its own shard waits for it.
 */
final class TrimmedShards extends ShardReads {

    private final Duration wait;

    /** @param wait how long a read of expired records is delayed before it fails */
    TrimmedShards(DynamoDbStreamsClient streams, Region region, ReadSize size, Executor threads, Duration wait) {
        super(streams, region, size, threads);
        this.wait = wait;
        setSkipRecordsBehavior(SkipRecordsBehavior.KCL_RETRY);
    }

    @Override
    public CompletableFuture<GetShardIteratorResponse> getShardIterator(GetShardIteratorRequest request) {
        return super.getShardIterator(request).exceptionallyCompose(this::delay);
    }

    @Override
    public CompletableFuture<DynamoDBStreamsGetRecordsResponseAdapter> getDynamoDBStreamsRecords(
            GetRecordsRequest request) {
        return super.getDynamoDBStreamsRecords(request).exceptionallyCompose(this::delay);
    }

    private <T> CompletableFuture<T> delay(Throwable error) {
        var cause = error instanceof CompletionException ? error.getCause() : error;
        if (!(cause instanceof UnableToReadMoreRecordsException)) {
            return CompletableFuture.failedFuture(cause);
        }
        var slow = CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS);
        return CompletableFuture.supplyAsync(
                () -> {
                    throw new CompletionException(cause);
                },
                slow);
    }
}
