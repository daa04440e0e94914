package streampublisher.reading;

import java.time.Duration;
import java.util.function.LongConsumer;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamResponse;
import software.amazon.awssdk.services.dynamodb.model.LimitExceededException;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import streampublisher.telemetry.ReportedFailures;

/**
 * DescribeStream, with few calls when it fails.
 *
 * <p>The adapter makes fifty calls at once and then reports that it received nothing. It also takes a
 * stream that is unknown once for one without shards, and its audit deletes the leases.
 */
final class StreamDescriptions {

    private static final int ATTEMPTS = 5;
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

    private final DynamoDbStreamsClient streams;
    private final LongConsumer sleep;

    /** @param sleep waits for so many milliseconds */
    StreamDescriptions(DynamoDbStreamsClient streams, LongConsumer sleep) {
        this.streams = streams;
        this.sleep = sleep;
    }

    /**
     * Describes the stream. Throttling is retried for some seconds; a longer trouble waits for the next audit.
     *
     * @throws IllegalStateException for any failure; no ResourceNotFoundException may reach the adapter
     */
    DescribeStreamResponse describe(DescribeStreamRequest request) {
        for (var attempt = 1; ; attempt++) {
            try {
                return streams.describeStream(request);
            } catch (SdkException error) {
                if (attempt == ATTEMPTS || !isThrottled(error)) {
                    throw ReportedFailures.mark(
                            new IllegalStateException("The stream can't be described: " + error.getMessage(), error));
                }
                sleep.accept(wait(attempt));
            }
        }
    }

    private static boolean isThrottled(SdkException error) {
        return error instanceof LimitExceededException
                || error instanceof AwsServiceException answer && answer.isThrottlingException();
    }

    /** 1, 2, 4 and 8 seconds, of which a random half is left out, so that workers don't meet again. */
    private static long wait(int attempt) {
        var longest = FIRST_WAIT.toMillis() << (attempt - 1);
        return longest / 2 + (long) (Math.random() * longest / 2);
    }
}
