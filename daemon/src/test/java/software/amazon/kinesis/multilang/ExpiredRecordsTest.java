package software.amazon.kinesis.multilang;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.internal.interceptor.DefaultFailedExecutionContext;
import software.amazon.awssdk.core.interceptor.InterceptorContext;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamRequest;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.dynamodb.model.LimitExceededException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;

/** What the adapter passes over in silence is said. */
class ExpiredRecordsTest {

    private static final long OPENED = 1_795_449_234_772L;
    private static final String SHARD = "shardId-00000001795449234772-ca562a60";
    private static final long DAY = 24 * 60 * 60 * 1000L;
    private static final SdkRequest ITERATOR =
            GetShardIteratorRequest.builder().shardId(SHARD).build();
    private static final SdkRequest RECORDS = GetRecordsRequest.builder().build();
    private static final Throwable GONE = ResourceNotFoundException.builder().build();
    private static final Throwable TRIMMED = TrimmedDataAccessException.builder().build();

    private final List<Integer> halts = new ArrayList<>();
    private LoggedEvents logged;

    @BeforeEach
    void listen() {
        logged = new LoggedEvents();
    }

    @AfterEach
    void stopListening() {
        logged.close();
    }

    @Test
    void trimmedRecordsAreSaidToHaveExpired() {
        fail(ITERATOR, TRIMMED, OPENED);

        assertEquals(List.of("records_expired"), logged.names());
        assertTrue(logged.messages().get(0).contains(SHARD));
        assertEquals(List.of(), halts);
    }

    @Test
    void anOldShardThatIsGoneIsSaidToHaveExpired() {
        fail(ITERATOR, GONE, OPENED + DAY);
        fail(RECORDS, GONE, OPENED);

        assertEquals(List.of("records_expired", "records_expired"), logged.names());
        assertEquals(List.of(), halts);
    }

    @Test
    void aYoungShardThatIsNotThereEndsTheDaemonBeforeItCanBeTakenForFinished() {
        fail(ITERATOR, GONE, OPENED + DAY - 1);

        assertEquals(List.of("daemon_failed"), logged.names());
        assertEquals(List.of(ExitStatus.FAILED), halts);
    }

    @Test
    void otherFailuresAndOtherRequestsAreNobodysBusinessHere() {
        fail(ITERATOR, LimitExceededException.builder().build(), OPENED);
        fail(DescribeStreamRequest.builder().build(), GONE, OPENED);

        assertEquals(List.of(), logged.names());
    }

    private void fail(SdkRequest request, Throwable error, long nowMillis) {
        var context = DefaultFailedExecutionContext.builder()
                .interceptorContext(InterceptorContext.builder().request(request).build())
                .exception(error)
                .build();
        new ExpiredRecords(() -> nowMillis, halts::add).onExecutionFailure(context, new ExecutionAttributes());
    }
}
