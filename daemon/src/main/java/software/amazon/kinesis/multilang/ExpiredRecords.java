package software.amazon.kinesis.multilang;

import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;

/**
 * Says what the adapter passes over in silence: records that the stream no longer has.
 *
 * <p>It takes a shard that isn't there for one that has ended, and goes on at the oldest record kept
 * where the next one has expired.
 */
final class ExpiredRecords implements ExecutionInterceptor {

    private final LongSupplier nowMillis;
    private final IntConsumer halt;

    /**
     * @param nowMillis milliseconds since 1970
     * @param halt ends the JVM with a status, without running hooks
     */
    ExpiredRecords(LongSupplier nowMillis, IntConsumer halt) {
        this.nowMillis = nowMillis;
        this.halt = halt;
    }

    @Override
    public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
        var request = context.request();
        if (request instanceof GetShardIteratorRequest iterator) {
            tell(iterator.shardId(), context.exception());
        } else if (request instanceof GetRecordsRequest) {
            tell(null, context.exception());
        }
    }

    private void tell(String shardId, Throwable error) {
        var shard = shardId == null ? "a shard" : shardId;
        if (error instanceof TrimmedDataAccessException) {
            Events.error("records_expired", "Unread records of {} have expired; reading goes on at the oldest kept", shard);
        } else if (error instanceof ResourceNotFoundException && StreamShards.isYoung(shardId, nowMillis.getAsLong())) {
            Events.error("daemon_failed", "{} is not a shard of this stream; its checkpoint is left alone", shard);
            halt.accept(ExitStatus.FAILED);
        } else if (error instanceof ResourceNotFoundException) {
            Events.error("records_expired", "{} is not in the stream any more; what was unread of it has expired", shard);
        }
    }
}
