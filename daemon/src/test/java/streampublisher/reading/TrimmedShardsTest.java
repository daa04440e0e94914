package streampublisher.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.services.dynamodbv2.streamsadapter.adapter.DynamoDBStreamsGetRecordsResponseAdapter;
import com.amazonaws.services.dynamodbv2.streamsadapter.exceptions.UnableToReadMoreRecordsException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.InterceptorContext;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import streampublisher.telemetry.Health;
import streampublisher.telemetry.Metrics;
import streampublisher.testing.LoggedEvents;

/** Reads of expired records are delayed. Other failures are not. */
@Timeout(30)
class TrimmedShardsTest {

    private static final int LIMIT = 1_000;
    private static final Duration WAIT = Duration.ofMillis(300);
    private static final Duration LONGER_THAN_THE_TEST = Duration.ofHours(1);
    private static final AwsServiceException TRIMMED = TrimmedDataAccessException.builder()
            .awsErrorDetails(code("TrimmedDataAccessException"))
            .build();
    private static final AwsServiceException GONE = ResourceNotFoundException.builder()
            .awsErrorDetails(code("ResourceNotFoundException"))
            .build();
    private static final AwsServiceException THROTTLED = DynamoDbException.builder()
            .awsErrorDetails(code("ThrottlingException"))
            .build();

    private final Streams streams = new Streams();

    @Test
    void anIteratorBeforeExpiredRecordsIsNotReplacedAndIsDelayed() {
        streams.failure = TRIMMED;
        var begun = System.nanoTime();

        assertInstanceOf(UnableToReadMoreRecordsException.class, failure(iterator(WAIT)));
        assertTrue(System.nanoTime() - begun >= WAIT.toNanos());
        assertEquals(1, streams.requests.get());
    }

    @Test
    void recordsThatHaveExpiredAreNotSkippedAndAreDelayed() {
        streams.failure = TRIMMED;
        var begun = System.nanoTime();

        assertInstanceOf(UnableToReadMoreRecordsException.class, failure(records(WAIT)));
        assertTrue(System.nanoTime() - begun >= WAIT.toNanos());
        assertEquals(1, streams.requests.get());
    }

    @Test
    void aShardThatIsGoneIsNotReadToItsEndEither() {
        streams.failure = GONE;
        var begun = System.nanoTime();

        assertInstanceOf(UnableToReadMoreRecordsException.class, failure(iterator(WAIT)));
        assertInstanceOf(UnableToReadMoreRecordsException.class, failure(records(WAIT)));
        assertTrue(System.nanoTime() - begun >= 2 * WAIT.toNanos());
    }

    /** Whoever restarts asks for an iterator first, and gets no further. */
    @Test
    void aShardThatIsGoneIsLoggedAtEitherCall() {
        streams.failure = GONE;
        try (var logged = new LoggedEvents()) {
            failure(iterator(WAIT));
            failure(records(WAIT));

            assertEquals(List.of("records_expired", "records_expired"), logged.names());
            assertEquals(List.of("shardId-1", "shardId-1"), logged.shards());
        }
    }

    @Test
    void otherFailuresArePassedOnAtOnceAndUnwrapped() {
        streams.failure = THROTTLED;

        assertInstanceOf(ProvisionedThroughputExceededException.class, failure(iterator(LONGER_THAN_THE_TEST)));
        assertInstanceOf(ProvisionedThroughputExceededException.class, failure(records(LONGER_THAN_THE_TEST)));
    }

    @Test
    void whatGoesWellIsPassedOnAtOnce() throws Exception {
        assertEquals("iterator", iterator(LONGER_THAN_THE_TEST).get().shardIterator());
        assertEquals("next", records(LONGER_THAN_THE_TEST).get().nextShardIterator());
    }

    private CompletableFuture<software.amazon.awssdk.services.kinesis.model.GetShardIteratorResponse> iterator(
            Duration wait) {
        return client(wait)
                .getShardIterator(software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest.builder()
                        .streamName("orders")
                        .shardId("shardId-1")
                        .shardIteratorType(ShardIteratorType.AFTER_SEQUENCE_NUMBER)
                        .startingSequenceNumber("1")
                        .build());
    }

    private CompletableFuture<DynamoDBStreamsGetRecordsResponseAdapter> records(Duration wait) {
        return client(wait)
                .getDynamoDBStreamsRecords(
                        GetRecordsRequest.builder().shardIterator("iterator").limit(LIMIT).build());
    }

    private TrimmedShards client(Duration wait) {
        var expired = new ExpiredRecords(
                true, new Metrics(0, "orders-publisher", "orders", () -> 0), new Health(() -> 0, 60_000, true));
        var unknown = new UnknownShards(Set::of, System::currentTimeMillis, 0, () -> {}, new Health(() -> 0, 60_000, true));
        // The client learns the iterator's shard from the SDK's calls.
        expired.afterExecution(
                InterceptorContext.builder()
                        .request(GetShardIteratorRequest.builder().shardId("shardId-1").shardIteratorType("LATEST").build())
                        .response(GetShardIteratorResponse.builder().shardIterator("iterator").build())
                        .build(),
                new ExecutionAttributes());
        return new TrimmedShards(
                streams, Region.EU_CENTRAL_1, new ReadSize(LIMIT, () -> 1), Runnable::run, expired, unknown, wait);
    }

    private static Throwable failure(CompletableFuture<?> answer) {
        return assertThrows(ExecutionException.class, answer::get).getCause();
    }

    private static AwsErrorDetails code(String code) {
        return AwsErrorDetails.builder().errorCode(code).build();
    }

    /** A stream whose every call succeeds, or fails in the same way. */
    private static final class Streams implements DynamoDbStreamsClient {

        private final AtomicInteger requests = new AtomicInteger();
        private volatile AwsServiceException failure;

        @Override
        public GetShardIteratorResponse getShardIterator(GetShardIteratorRequest request) {
            failOrNot();
            return GetShardIteratorResponse.builder().shardIterator("iterator").build();
        }

        @Override
        public GetRecordsResponse getRecords(GetRecordsRequest request) {
            failOrNot();
            return GetRecordsResponse.builder().nextShardIterator("next").build();
        }

        private void failOrNot() {
            requests.incrementAndGet();
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public String serviceName() {
            return SERVICE_NAME;
        }

        @Override
        public void close() {}
    }
}
