package streampublisher.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import streampublisher.telemetry.ReportedFailures;

/** A stream that can't be described costs few calls, and is never a stream without shards. */
class StreamDescriptionsTest {

    private static final DescribeStreamRequest REQUEST = DescribeStreamRequest.builder().build();
    private static final DescribeStreamResponse ANSWER = DescribeStreamResponse.builder().build();

    private final Queue<SdkException> failures = new ArrayDeque<>();
    private final List<Long> waits = new ArrayList<>();
    private final StreamDescriptions descriptions = new StreamDescriptions(new Streams(), waits::add);
    private int calls;

    static List<SdkException> lasting() {
        return List.of(
                code("AccessDeniedException"),
                code("InternalServerError"),
                ResourceNotFoundException.builder().message("no such stream").build(),
                SdkClientException.create("no connection"));
    }

    @ParameterizedTest
    @MethodSource("lasting")
    void aFailureIsPassedOnAfterOneCallWithItsCause(SdkException error) {
        failures.add(error);

        var failed = assertThrows(IllegalStateException.class, () -> descriptions.describe(REQUEST));

        assertSame(error, failed.getCause());
        assertTrue(ReportedFailures.isMarked(failed));
        assertEquals(1, calls);
    }

    @Test
    void throttlingIsRetriedAfterGrowingWaits() {
        failures.add(code("ThrottlingException"));
        failures.add(code("ThrottlingException"));

        assertSame(ANSWER, descriptions.describe(REQUEST));

        assertEquals(2, waits.size());
        assertTrue(waits.get(0) >= 500 && waits.get(0) <= 1_000, waits::toString);
        assertTrue(waits.get(1) >= 1_000 && waits.get(1) <= 2_000, waits::toString);
    }

    @Test
    void throttlingThatLastsIsPassedOn() {
        for (var attempt = 0; attempt < 10; attempt++) {
            failures.add(code("ThrottlingException"));
        }

        assertThrows(IllegalStateException.class, () -> descriptions.describe(REQUEST));

        assertEquals(5, calls);
    }

    private static SdkException code(String code) {
        return (SdkException) DynamoDbException.builder()
                .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
                .message(code)
                .build();
    }

    private final class Streams implements DynamoDbStreamsClient {

        @Override
        public DescribeStreamResponse describeStream(DescribeStreamRequest request) {
            calls++;
            if (!failures.isEmpty()) {
                throw failures.remove();
            }
            return ANSWER;
        }

        @Override
        public String serviceName() {
            return SERVICE_NAME;
        }

        @Override
        public void close() {}
    }
}
