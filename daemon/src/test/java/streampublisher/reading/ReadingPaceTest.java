package streampublisher.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.retrieval.polling.PollingConfig;
import software.amazon.kinesis.retrieval.polling.SleepTimeController;
import software.amazon.kinesis.retrieval.polling.SleepTimeControllerConfig;

/** How long a reader waits. The test has its own clock. */
class ReadingPaceTest {

    private static final long IDLE = 250;
    private static final int FULL = 1000;

    private Instant now = Instant.parse("2026-01-31T12:00:00Z");
    private final ReadingPace pace = new ReadingPace(() -> FULL, () -> now);

    @ParameterizedTest(name = "{0} records, the last {1} ms old: {2} ms")
    @CsvSource({
        "0,, 500", // quiet
        "1, 20, 250",
        "999, 20, 250",
        "1000, 20, 50", // as many as one read takes: more waits
        "3, 10000, 250",
        "3, 10001, 50", // a read of a megabyte
        "3,, 250",
    })
    void theLastReadSaysHowSoonTheNextOneIs(int records, Long behind, long millis) {
        assertEquals(millis, pace.getSleepTimeMillis(read(now, records, behind)));
    }

    @ParameterizedTest(name = "{0} ms ago: {1} ms")
    @CsvSource({"100, 150", "900, 0"})
    void whatHasPassedSinceTheLastReadCounts(long ago, long millis) {
        assertEquals(millis, pace.getSleepTimeMillis(read(now.minusMillis(ago), 1, 0L)));
    }

    @Test
    void aClockThatWasSetBackDelaysNoShard() {
        assertEquals(0, pace.getSleepTimeMillis(read(now.plusSeconds(3600), 1, 0L)));
    }

    @Test
    void afterAFailureThePauseIsWholeHoweverLongAgoTheLastSuccessIs() {
        var success = now;
        now = now.plusMillis(1);
        pace.getSleepTimeMillis(read(success, FULL, 0L));
        for (var failure = 0; failure < 3; failure++) {
            now = now.plusSeconds(10);
            assertEquals(IDLE, pace.getSleepTimeMillis(read(success, FULL, 0L)));
        }

        now = now.plusSeconds(10);
        assertEquals(50, pace.getSleepTimeMillis(read(now, FULL, 0L)));
    }

    @Test
    void whereNoReadHasSucceededYetThePauseIsWhole() {
        assertEquals(IDLE, pace.getSleepTimeMillis(read(null, null, null)));
    }

    @Test
    void oneShardsFailuresAreNotAnothers() throws Exception {
        var success = now;
        pace.getSleepTimeMillis(read(success, 1, 0L));
        now = now.plusMillis(100);

        var other = new long[1];
        var thread = new Thread(() -> other[0] = pace.getSleepTimeMillis(read(success, 1, 0L)));
        thread.start();
        thread.join();

        assertEquals(150, other[0]);
    }

    @Test
    void aPauseThatIsShorterThanABacklogsHoldsThereToo() {
        var read = SleepTimeControllerConfig.builder()
                .lastSuccessfulCall(now)
                .idleMillisBetweenCalls(20)
                .lastRecordsCount(FULL)
                .build();

        assertEquals(20, pace.getSleepTimeMillis(read));
    }

    @Test
    void theAdapterCantPutItsOwnPaceInThePlaceOfOursAndOneReadWaitsAtTheMost() {
        var client = KinesisAsyncClient.builder()
                .region(Region.EU_WEST_1)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .build();
        var given = new PollingConfig(client).maxRecords(500).idleTimeBetweenReadsInMillis(300);

        var polling = new PacedPolling(given, pace);
        ((PollingConfig) polling).sleepTimeController(config -> 1);

        assertSame((SleepTimeController) pace, polling.sleepTimeController());
        assertEquals(500, polling.maxRecords());
        assertEquals(300, polling.idleTimeBetweenReadsInMillis());
        assertEquals(1, polling.recordsFetcherFactory().maxRecordsCount());
    }

    private static SleepTimeControllerConfig read(Instant success, Integer records, Long behind) {
        return SleepTimeControllerConfig.builder()
                .lastSuccessfulCall(success)
                .idleMillisBetweenCalls(IDLE)
                .lastRecordsCount(records)
                .lastMillisBehindLatest(behind)
                .build();
    }
}
