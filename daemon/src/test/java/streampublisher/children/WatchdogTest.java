package streampublisher.children;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import streampublisher.testing.Eventually;

/** When an action counts as hung. The timer is real, the clock is not. */
@Timeout(30)
class WatchdogTest {

    private static final long TIMEOUT = 10;

    // System.nanoTime may begin at any number, so this clock does not begin at 0.
    private final AtomicLong clock = new AtomicLong(-1_000_000);
    private final AtomicInteger readings = new AtomicInteger();
    private final AtomicInteger ends = new AtomicInteger();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final Watchdog watchdog = watchdog(TIMEOUT);

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    @Test
    void anActionThatIsSilentForTooLongIsEndedAgainAndAgain() {
        during(() -> {
            clock.addAndGet(TIMEOUT + 1);
            Eventually.holds(() -> ends.get() >= 3);
        });
    }

    @Test
    void anActionIsNotEndedInTheLastMillisecondOfTheTimeout() {
        during(() -> {
            clock.addAndGet(TIMEOUT);
            letItLook();
            assertEquals(0, ends.get());

            clock.incrementAndGet();
            Eventually.holds(() -> ends.get() > 0);
        });
    }

    @Test
    void aSignOfLifeRestartsTheTimeout() {
        during(() -> {
            for (var sign = 0; sign < 5; sign++) {
                clock.addAndGet(TIMEOUT);
                watchdog.sign();
            }
            clock.addAndGet(TIMEOUT);
            letItLook();
        });

        assertEquals(0, ends.get());
    }

    @Test
    void theTimeBetweenTwoActionsDoesNotCount() {
        during(() -> {});
        clock.addAndGet(100 * TIMEOUT);
        during(this::letItLook);

        assertEquals(0, ends.get());
    }

    @Test
    void nobodyLooksAfterTheAction() {
        during(() -> {});

        assertNobodyLooks();
    }

    @Test
    void anActionThatThrowsIsNotLookedAfterEither() {
        var failure = new IllegalStateException("no");

        assertSame(
                failure,
                assertThrows(
                        IllegalStateException.class,
                        () -> during(() -> {
                            throw failure;
                        })));
        assertNobodyLooks();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void withoutATimeoutAnActionMayTakeForEver(long timeoutMillis) {
        var runs = new AtomicInteger();

        watchdog(timeoutMillis).during(runs::incrementAndGet, ends::incrementAndGet);

        assertEquals(1, runs.get());
        assertEquals(0, timer.getTaskCount());
    }

    private Watchdog watchdog(long timeoutMillis) {
        return new Watchdog(
                timer,
                () -> {
                    readings.incrementAndGet();
                    return clock.get();
                },
                timeoutMillis);
    }

    private void during(Runnable action) {
        watchdog.during(action, ends::incrementAndGet);
    }

    /** Returns once the watchdog has acted on the present time of the clock. */
    private void letItLook() {
        var before = readings.get();
        Eventually.holds(() -> readings.get() >= before + 3);
    }

    private void assertNobodyLooks() {
        assertTrue(timer.getQueue().stream().allMatch(look -> ((Future<?>) look).isCancelled()));
    }
}
