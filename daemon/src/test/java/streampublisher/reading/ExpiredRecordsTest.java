package streampublisher.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.InterceptorContext;
import software.amazon.awssdk.core.internal.interceptor.DefaultFailedExecutionContext;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamResponse;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.dynamodb.model.LimitExceededException;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;
import streampublisher.telemetry.Health;
import streampublisher.telemetry.Metrics;
import streampublisher.testing.LoggedEvents;

/** Expired records, of which the adapter logs nothing, are logged, or stop their shard. */
class ExpiredRecordsTest {

    private static final String SHARD = "shardId-00000001795449234772-ca562a60";
    private static final String OTHER = "shardId-00000001795449234773-0b1c2d3e";
    private static final Throwable GONE = ResourceNotFoundException.builder()
            .awsErrorDetails(AwsErrorDetails.builder()
                    .errorCode("ResourceNotFoundException")
                    .build())
            .statusCode(400)
            .build();
    private static final Throwable TRIMMED = TrimmedDataAccessException.builder().build();
    private static final Throwable THROTTLED = LimitExceededException.builder().build();

    private final Health health = new Health(() -> 0, 60_000, true);
    private final ExpiredRecords going = expiredRecords(false);
    private final ExpiredRecords stopping = expiredRecords(true);
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
    void aGapIsLoggedWithBothPositionsOnceReadingGoesOn() {
        fail(going, after(SHARD, "17"), TRIMMED);
        answer(going, oldest(SHARD), "i1");
        assertEquals(List.of(), logged.names());

        read(going, "i1", "i2", "40", "41");

        assertLogged("Records of " + SHARD + " after 17 and before 40 have expired unread; gap 1 since the start");
        assertEquals(List.of(SHARD), logged.shards());
    }

    @Test
    void aGapIsCountedInItsLine() {
        fail(going, after(SHARD, "17"), TRIMMED);
        answer(going, oldest(SHARD), "i1");
        read(going, "i1", "i2", "40");

        assertEquals(1, logged.fields(0).get("TrimmedGaps"));
    }

    @Test
    void aGapIsLoggedOnceAndAfterEmptyPages() {
        fail(going, after(SHARD, "17"), TRIMMED);
        answer(going, oldest(SHARD), "i1");
        read(going, "i1", "i2");
        read(going, "i2", "i3");
        assertEquals(List.of(), logged.names());

        read(going, "i3", "i4", "40");
        read(going, "i4", "i5", "50");

        assertLogged("Records of " + SHARD + " after 17 and before 40 have expired unread; gap 1 since the start");
    }

    @Test
    void aGapUpToTheEndOfItsShardIsLoggedAsSuch() {
        fail(going, after(SHARD, "17"), TRIMMED);
        answer(going, oldest(SHARD), "i1");
        read(going, "i1", "i2");
        read(going, "i2", null);

        assertLogged("Records of " + SHARD
                + " after 17 and before SHARD_END have expired unread; gap 1 since the start");
    }

    @Test
    void aGapFoundWhileReadingComesAfterTheLastRecordRead() {
        answer(going, oldest(SHARD), "i1");
        fail(going, records("i1"), TRIMMED);
        answer(going, oldest(SHARD), "i2");
        read(going, "i2", "i3", "40");

        assertLogged("Records of " + SHARD
                + " after TRIM_HORIZON and before 40 have expired unread; gap 1 since the start");
    }

    @Test
    void thePositionsAreFieldsOfTheLine() {
        fail(going, after(SHARD, "17"), TRIMMED);
        answer(going, oldest(SHARD), "i1");
        read(going, "i1", "i2", "40");

        assertEquals("17", logged.fields(0).get("after"));
        assertEquals("40", logged.fields(0).get("before"));
    }

    @Test
    void aFailedReadBetweenLosesNoGap() {
        fail(going, after(SHARD, "17"), TRIMMED);
        answer(going, oldest(SHARD), "i1");
        fail(going, records("i1"), THROTTLED);
        read(going, "i1", "i2", "40");

        assertLogged("Records of " + SHARD + " after 17 and before 40 have expired unread; gap 1 since the start");
    }

    @Test
    void aNewIteratorBeforeTheFirstRecordLosesNoGap() {
        fail(going, after(SHARD, "17"), TRIMMED);
        answer(going, oldest(SHARD), "i1");
        read(going, "i1", "i2");
        answer(going, oldest(SHARD), "i3");
        read(going, "i3", "i4", "40");

        assertLogged("Records of " + SHARD + " after 17 and before 40 have expired unread; gap 1 since the start");
    }

    @Test
    void aGapThatWasLoggedIsNotLoggedAgainWithANewIterator() {
        fail(going, after(SHARD, "17"), TRIMMED);
        answer(going, oldest(SHARD), "i1");
        read(going, "i1", "i2", "40");
        answer(going, after(SHARD, "40"), "i3");
        read(going, "i3", "i4", "41");

        assertEquals(List.of("records_expired"), logged.names());
    }

    @Test
    void shardsAreNotMixedUpAndTheirGapsAreCounted() {
        fail(going, after(SHARD, "17"), TRIMMED);
        fail(going, after(OTHER, "18"), TRIMMED);
        answer(going, oldest(OTHER), "o1");
        answer(going, oldest(SHARD), "s1");
        read(going, "s1", "s2", "40");
        read(going, "o1", "o2", "50");

        assertLogged(
                "Records of " + SHARD + " after 17 and before 40 have expired unread; gap 1 since the start",
                "Records of " + OTHER + " after 18 and before 50 have expired unread; gap 2 since the start");
        assertEquals(List.of(SHARD, OTHER), logged.shards());
    }

    @Test
    void aGapIsNotLoggedForAnotherShard() {
        fail(going, after(SHARD, "17"), TRIMMED);
        answer(going, after(OTHER, "18"), "o1");
        read(going, "o1", "o2", "50");

        assertEquals(List.of(), logged.names());
    }

    @Test
    void whatIsReadWithoutAGapIsNotLogged() {
        answer(going, after(SHARD, "17"), "i1");
        read(going, "i1", "i2", "40");
        read(going, "i2", null);
        read(going, "an iterator from before", "i3", "50");
        succeed(going, DescribeStreamRequest.builder().build(), DescribeStreamResponse.builder().build());

        assertEquals(List.of(), logged.names());
    }

    @Test
    void anOldShardThatIsGoneIsLoggedAsExpired() {
        gone(going, after(SHARD, "17"));

        assertLogged("Records of " + SHARD
                + " after 17 and before SHARD_END have expired unread; gap 1 since the start");
        assertEquals(List.of(SHARD), logged.shards());
        assertTrue(health.report().healthy());
    }

    @Test
    void anOldShardThatGoesWhileItIsReadIsLoggedAsExpired() {
        answer(going, after(SHARD, "17"), "i1");

        gone(going, records("i1"));

        assertLogged("Records of " + SHARD
                + " after 17 and before SHARD_END have expired unread; gap 1 since the start");
    }

    @Test
    void aShardThatGoesBetweenTwoPagesIsLoggedWithTheLastRecordRead() {
        answer(going, after(SHARD, "17"), "i1");
        read(going, "i1", "i2", "18", "19");
        read(going, "i2", "i3");

        gone(going, records("i3"));

        assertLogged("Records of " + SHARD
                + " after 19 and before SHARD_END have expired unread; gap 1 since the start");
    }

    @Test
    void aShardThatGoesBeforeItIsReadHasNoPositionButItsBeginning() {
        gone(going, oldest(SHARD));

        assertEquals("TRIM_HORIZON", logged.fields(0).get("after"));
    }

    @Test
    void aShardThatStopsIsLoggedAtOnceWithoutANumber() {
        fail(stopping, after(SHARD, "17"), TRIMMED);

        assertLogged("Records of " + SHARD + " after 17 and before TRIM_HORIZON have expired unread; the shard is not"
                + " read on, since onTrimmedData = stop");
        assertEquals(List.of(SHARD), logged.shards());
    }

    @Test
    void aShardThatStopsIsLoggedOnceAMinuteThoughItIsTriedMoreOften() {
        for (var attempt = 0; attempt < 3; attempt++) {
            fail(stopping, after(SHARD, "17"), TRIMMED);
            fail(stopping, after(OTHER, "18"), TRIMMED);
        }

        assertEquals(List.of(SHARD, OTHER), logged.shards());
    }

    @Test
    void aShardThatStopsIsAProblem() {
        fail(stopping, after(SHARD, "17"), TRIMMED);

        var problem = health.report().problem();
        assertTrue(problem.contains(SHARD) && problem.contains("expired"), problem);
    }

    @Test
    void anOldShardThatIsGoneStops() {
        gone(stopping, after(SHARD, "17"));

        assertLogged("Records of " + SHARD + " after 17 and before SHARD_END have expired unread; the shard is not"
                + " read on, since onTrimmedData = stop");
    }

    @Test
    void anOldShardThatGoesWhileItIsReadStopsToo() {
        answer(stopping, after(SHARD, "17"), "i1");

        gone(stopping, records("i1"));
        assertEquals(List.of(SHARD), logged.shards());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void otherFailuresAndOtherRequestsAreIgnored(boolean stops) {
        var records = stops ? stopping : going;
        var describe = DescribeStreamRequest.builder().build();

        fail(records, after(SHARD, "17"), THROTTLED);
        fail(records, after(SHARD, "17"), GONE);
        fail(records, describe, GONE);

        assertEquals(List.of(), logged.names());
    }

    private ExpiredRecords expiredRecords(boolean stops) {
        return new ExpiredRecords(stops, new Metrics(60_000, "orders-publisher", "orders", () -> 0), health);
    }

    /** Fails a call as the SDK does. */
    private static void fail(ExpiredRecords records, SdkRequest request, Throwable error) {
        records.onExecutionFailure(failed(request, error), new ExecutionAttributes());
    }

    private static void gone(ExpiredRecords records, SdkRequest request) {
        records.gone(records.readingOf(request));
    }

    private static DefaultFailedExecutionContext failed(SdkRequest request, Throwable error) {
        return DefaultFailedExecutionContext.builder()
                .interceptorContext(InterceptorContext.builder().request(request).build())
                .exception(error)
                .build();
    }

    private static void answer(ExpiredRecords records, SdkRequest request, String iterator) {
        succeed(
                records,
                request,
                GetShardIteratorResponse.builder().shardIterator(iterator).build());
    }

    private static void read(ExpiredRecords records, String iterator, String next, String... sequenceNumbers) {
        var read = Stream.of(sequenceNumbers)
                .map(number -> Record.builder()
                        .dynamodb(change -> change.sequenceNumber(number))
                        .build())
                .toList();
        succeed(
                records,
                records(iterator),
                GetRecordsResponse.builder().records(read).nextShardIterator(next).build());
    }

    private static void succeed(ExpiredRecords records, SdkRequest request, SdkResponse response) {
        records.afterExecution(
                InterceptorContext.builder().request(request).response(response).build(), new ExecutionAttributes());
    }

    private static SdkRequest after(String shardId, String sequenceNumber) {
        return GetShardIteratorRequest.builder()
                .shardId(shardId)
                .shardIteratorType(ShardIteratorType.AFTER_SEQUENCE_NUMBER)
                .sequenceNumber(sequenceNumber)
                .build();
    }

    /** A request for an iterator at the oldest record that the stream keeps. */
    private static SdkRequest oldest(String shardId) {
        return GetShardIteratorRequest.builder()
                .shardId(shardId)
                .shardIteratorType(ShardIteratorType.TRIM_HORIZON)
                .build();
    }

    private static SdkRequest records(String iterator) {
        return GetRecordsRequest.builder().shardIterator(iterator).build();
    }

    private void assertLogged(String... messages) {
        assertEquals(List.of(messages), logged.messages());
        assertTrue(logged.names().stream().allMatch("records_expired"::equals), logged.names()::toString);
    }
}
