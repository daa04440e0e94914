package streampublisher.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import streampublisher.testing.LoggedEvents;

/** The last record before a moment is found by reading a shard from its beginning. */
class LatestPlaceTest {

    private static final Instant MOMENT = Instant.ofEpochSecond(1_800_000_000);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final Queue<GetRecordsResponse> pages = new ArrayDeque<>();
    private Instant now = MOMENT.plusMillis(700);
    private final LatestPlace latest = new LatestPlace(
            new Shard(), "arn", () -> now, millis -> now = now.plusMillis(millis), LONGEST);
    private long millisForARead;
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
    void aShardWithoutRecordsBeginsAtItsBeginning() {
        empty(LatestPlace.EMPTY_PAGES);

        assertEquals(LatestPlace.BEGINNING, latest.in("shardId-1"));
    }

    @Test
    void theLastRecordOfAQuietShardIsTheLatest() {
        page(record("1", -100), record("2", -50));
        empty(LatestPlace.EMPTY_PAGES);

        assertEquals("2", latest.in("shardId-1"));
    }

    @Test
    void emptyPagesInsideAShardAreNotItsTip() {
        page(record("1", -100));
        empty(LatestPlace.EMPTY_PAGES - 1);
        page(record("2", -50));
        empty(LatestPlace.EMPTY_PAGES);

        assertEquals("2", latest.in("shardId-1"));
    }

    /** Its time has whole seconds, so a record of the moment's second may be younger. */
    @Test
    void aRecordOfTheMomentsSecondComesAfterIt() {
        page(record("1", -100), record("2", 0), record("3", 1));

        assertEquals("1", latest.in("shardId-1"));
        assertTrue(pages.isEmpty());
    }

    @Test
    void theSearchEndsWithTheShard() {
        pages.add(GetRecordsResponse.builder().records(record("1", -100)).build());

        assertEquals("1", latest.in("shardId-1"));
    }

    @Test
    void aSearchThatTakesTooLongEndsAtAnOlderRecordAndTellsIt() {
        millisForARead = LONGEST.plusSeconds(1).toMillis();
        page(record("1", -100));
        page(record("2", -50));

        assertEquals("1", latest.in("shardId-1"));
        assertEquals(List.of("latest_not_reached"), logged.names());
        assertEquals(List.of("shardId-1"), logged.shards());
    }

    @Test
    void aLongSearchTellsHowFarItIs() {
        millisForARead = 6_000;
        page(record("1", -100));
        page(record("2", -50));
        page(record("3", 1));

        latest.in("shardId-1");

        assertEquals(List.of("latest_searched"), logged.names());
    }

    private void empty(int times) {
        for (var time = 0; time < times; time++) {
            page();
        }
    }

    private void page(Record... records) {
        pages.add(GetRecordsResponse.builder().records(records).nextShardIterator("next").build());
    }

    private static Record record(String sequenceNumber, long seconds) {
        return Record.builder()
                .dynamodb(change -> change.sequenceNumber(sequenceNumber)
                        .approximateCreationDateTime(MOMENT.plusSeconds(seconds)))
                .build();
    }

    private final class Shard implements DynamoDbStreamsClient {

        @Override
        public GetShardIteratorResponse getShardIterator(GetShardIteratorRequest request) {
            assertEquals(ShardIteratorType.TRIM_HORIZON, request.shardIteratorType());
            return GetShardIteratorResponse.builder().shardIterator("first").build();
        }

        @Override
        public GetRecordsResponse getRecords(GetRecordsRequest request) {
            now = now.plusMillis(millisForARead);
            return pages.remove();
        }

        @Override
        public String serviceName() {
            return SERVICE_NAME;
        }

        @Override
        public void close() {}
    }
}
