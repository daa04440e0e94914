package streampublisher.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.InterceptorContext;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamResponse;
import software.amazon.awssdk.services.dynamodb.model.StreamStatus;
import streampublisher.telemetry.Health;
import streampublisher.telemetry.Metrics;
import streampublisher.testing.LoggedEvents;

/** A disabled stream is an ERROR, a metric and a problem of the worker, and so is its successor. */
class DisabledStreamTest {

    private static final String OLD = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/old";
    private static final String NEW = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/new";

    private final Health health = new Health(() -> 0, 60_000, true);
    private String latest;
    private RuntimeException failure;
    private long seconds;
    private final DisabledStream disabled = new DisabledStream(
            OLD,
            () -> lookUp(),
            new Metrics(60_000, "orders-publisher", "orders", () -> 0),
            health,
            () -> TimeUnit.SECONDS.toNanos(seconds));
    private LoggedEvents logged;

    @BeforeEach
    void listen() {
        logged = new LoggedEvents();
    }

    @AfterEach
    void stopListening() {
        logged.close();
    }

    @ParameterizedTest
    @EnumSource(value = StreamStatus.class, names = {"DISABLED", "DISABLING"})
    void aDisabledStreamIsToldWithItsArn(StreamStatus status) {
        describe(status);

        disabled.look();

        assertEquals(List.of("stream_disabled"), logged.names());
        assertEquals(List.of("ERROR"), logged.levels());
        assertEquals(OLD, logged.fields(0).get("streamArn"));
        assertEquals(1, logged.fields(0).get("DisabledStreams"));
        assertTrue(health.report().problem().contains(OLD + ": is disabled"), health.report()::problem);
    }

    @Test
    void theStreamThatTookItsPlaceIsToldWithBothArns() {
        latest = NEW;
        describe(StreamStatus.DISABLED);

        disabled.look();

        assertEquals(List.of("stream_replaced"), logged.names());
        assertEquals(OLD, logged.fields(0).get("streamArn"));
        assertEquals(NEW, logged.fields(0).get("newStreamArn"));
        assertTrue(logged.messages().get(0).contains("restart the workers"), logged.messages()::toString);
        assertTrue(health.report().problem().contains(NEW), health.report()::problem);
    }

    @Test
    void aTableThatCannotBeLookedAtIsNotSaidToHaveNoOtherStream() {
        failure = new CompletionException(new IllegalStateException("denied"));
        describe(StreamStatus.DISABLED);

        disabled.look();

        assertEquals(List.of("stream_disabled"), logged.names());
        assertEquals(OLD, logged.fields(0).get("streamArn"));
        assertTrue(logged.messages().get(0).contains("is not known, because DescribeTable fails (denied)"));
        assertTrue(health.report().problem().contains("is not known"), health.report()::problem);
    }

    @Test
    void theSameLineFollowsAfterFiveMinutes() {
        describe(StreamStatus.DISABLED);
        for (seconds = 0; seconds < DisabledStream.SAID.toSeconds(); seconds += 10) {
            disabled.look();
        }
        assertEquals(1, logged.names().size());

        disabled.look();

        assertEquals(2, logged.names().size());
    }

    @Test
    void aStreamThatTakesItsPlaceLaterIsToldAtOnce() {
        describe(StreamStatus.DISABLED);
        disabled.look();
        latest = NEW;
        disabled.look();

        assertEquals(List.of("stream_disabled", "stream_replaced"), logged.names());
    }

    /** The table may name the stream as its latest one while it is being disabled. */
    @Test
    void aStreamDoesNotTakeItsOwnPlace() {
        latest = OLD;
        describe(StreamStatus.DISABLING);

        disabled.look();

        assertEquals(List.of("stream_disabled"), logged.names());
    }

    @ParameterizedTest
    @EnumSource(value = StreamStatus.class, names = {"ENABLED", "ENABLING"})
    void anyOtherStreamIsFine(StreamStatus status) {
        describe(status);

        disabled.look();

        assertEquals(List.of(), logged.names());
        assertTrue(health.report().healthy());
    }

    private String lookUp() {
        if (failure != null) {
            throw failure;
        }
        return latest;
    }

    private void describe(StreamStatus status) {
        var answer = DescribeStreamResponse.builder()
                .streamDescription(stream -> stream.streamStatus(status))
                .build();
        disabled.afterExecution(
                InterceptorContext.builder()
                        .request(DescribeStreamRequest.builder().build())
                        .response(answer)
                        .build(),
                new ExecutionAttributes());
    }
}
