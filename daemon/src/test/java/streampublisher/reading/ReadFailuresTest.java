package streampublisher.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.InterceptorContext;
import software.amazon.awssdk.core.internal.interceptor.DefaultFailedExecutionContext;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ExpiredIteratorException;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import streampublisher.testing.LoggedEvents;

/** A call that fails is logged in one line, at most once a minute, and so is its recovery. */
class ReadFailuresTest {

    private static final String ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/label";
    private static final SdkRequest DESCRIBE = DescribeStreamRequest.builder().build();
    private static final SdkRequest READ = GetRecordsRequest.builder().shardIterator("shardId-1").build();

    private long seconds;
    private final ReadFailures failures = new ReadFailures(
            ARN, request -> ((GetRecordsRequest) request).shardIterator(), () -> TimeUnit.SECONDS.toNanos(seconds));
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
    void aDeniedCallNamesThePermissionInTheServicesWords() {
        fail(DESCRIBE, answer("AccessDeniedException", "not authorized to perform: dynamodb:DescribeStream", 400));

        assertEquals(
                List.of("DescribeStream of " + ARN + " fails: not authorized to perform: dynamodb:DescribeStream; allow"
                        + " dynamodb:DescribeStream on " + ARN + " to the role of the workers"),
                logged.messages());
        assertEquals("AccessDeniedException", logged.fields(0).get("error"));
        assertEquals("DescribeStream", logged.fields(0).get("operation"));
    }

    @Test
    void aReadNamesItsShard() {
        fail(READ, answer("InternalServerError", "try later", 500));

        assertEquals(List.of("shardId-1"), logged.shards());
        assertEquals(List.of("GetRecords of shardId-1 fails: try later"), logged.messages());
    }

    @Test
    void anAnswerWithoutCodeAndWordsIsToldWithItsStatus() {
        fail(READ, answer(null, null, 502));

        assertEquals(List.of("GetRecords of shardId-1 fails: HTTP 502"), logged.messages());
        assertEquals("HTTP 502", logged.fields(0).get("error"));
    }

    @Test
    void eachCallIsLoggedOnceAMinute() {
        for (seconds = 0; seconds < 60; seconds++) {
            fail(DESCRIBE, answer("InternalServerError", "try later", 500));
            fail(READ, answer("InternalServerError", "try later", 500));
        }
        assertEquals(2, logged.names().size());

        fail(READ, answer("InternalServerError", "try later", 500));

        assertEquals(3, logged.names().size());
    }

    @Test
    void aRecoveryIsLoggedOnce() {
        fail(READ, answer("InternalServerError", "try later", 500));

        succeed(READ);
        succeed(READ);

        assertEquals(List.of("stream_unreadable", "stream_readable"), logged.names());
        assertEquals(List.of("shardId-1", "shardId-1"), logged.shards());
    }

    @Test
    void successIsSilent() {
        succeed(READ);

        assertEquals(List.of(), logged.names());
    }

    @Test
    void whatIsRoutineOrHasItsOwnEventIsSilent() {
        fail(READ, ExpiredIteratorException.builder().build());
        fail(READ, ResourceNotFoundException.builder().build());

        assertEquals(List.of(), logged.names());
    }

    @ParameterizedTest
    @ValueSource(strings = {"AccessDeniedException", "ExpiredTokenException", "UnrecognizedClientException"})
    void whatAnOperatorMustFixDoesNotHeal(String code) {
        assertFalse(ReadFailures.healsByItself(answer(code, "no", 400)));
        assertFalse(ReadFailures.healsByItself(SdkClientException.create("Unable to load credentials from any")));
    }

    @Test
    void throttlingAndAServiceThatIsAwayHeal() {
        assertTrue(ReadFailures.healsByItself(answer("ThrottlingException", "slower", 400)));
        assertTrue(ReadFailures.healsByItself(answer("InternalServerError", "later", 500)));
        assertTrue(ReadFailures.healsByItself(SdkClientException.create("Connection refused")));
    }

    @Test
    void aFailureThatShouldHealAndDoesNotNeedsSomebody() {
        fail(READ, answer("InternalServerError", "try later", 500));
        seconds = ReadFailures.HEALING.toSeconds();
        fail(READ, answer("InternalServerError", "try later", 500));

        assertEquals(List.of("WARN", "ERROR"), logged.levels());
    }

    private static DynamoDbException answer(String code, String message, int status) {
        return (DynamoDbException) DynamoDbException.builder()
                .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage(message).build())
                .statusCode(status)
                .build();
    }

    private void fail(SdkRequest request, Throwable error) {
        failures.onExecutionFailure(
                DefaultFailedExecutionContext.builder()
                        .interceptorContext(context(request))
                        .exception(error)
                        .build(),
                begun(request));
    }

    private void succeed(SdkRequest request) {
        failures.afterExecution(context(request), begun(request));
    }

    private ExecutionAttributes begun(SdkRequest request) {
        var attributes = new ExecutionAttributes();
        failures.beforeExecution(context(request), attributes);
        return attributes;
    }

    private static InterceptorContext context(SdkRequest request) {
        return InterceptorContext.builder().request(request).build();
    }
}
