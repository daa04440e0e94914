package streampublisher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import streampublisher.testing.LoggedEvents;

/** The order of a stop, and its exit status. */
@Timeout(30)
class StopTest {

    private static final long LONG = 20_000;
    private static final long NONE = 0;
    private static final Future<Boolean> DONE = CompletableFuture.completedFuture(true);

    private final List<String> calls = new ArrayList<>();
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
    void leasesAreGivenBackAfterTheRecordProcessorsAreDoneAndTheStatusIs0() {
        stop(() -> DONE, true, LONG);

        assertEquals(List.of("shut down", "give back", "halt 0"), calls);
        assertEquals(List.of("daemon_stopping", "daemon_stopped"), logged.names());
        assertEquals("Stopped; leases given back: 3", logged.messages().get(1));
    }

    @Test
    void whenTheGraceIsOverTheLeasesOfShardsThatHaveFinishedAreGivenBackAndTheStatusIs1() {
        stop(CompletableFuture::new, true, 1);

        assertEquals(List.of("shut down", "give back", "halt 1"), calls);
        assertEquals(List.of("daemon_stopping", "daemon_failed"), logged.names());
        assertEquals("Not stopped within 1 ms; ending all the same, leases given back: 3", logged.messages().get(1));
    }

    @Test
    void whenTheShutdownFailsNoLeaseIsGivenBackAndTheStatusIs1() {
        stop(() -> CompletableFuture.failedFuture(new IllegalStateException("no")), true, LONG);

        assertEquals(List.of("shut down", "halt 1"), calls);
    }

    @Test
    void whenARecordProcessorHasNotFinishedTheStatusIs1() {
        stop(() -> CompletableFuture.completedFuture(false), true, LONG);

        assertEquals(List.of("shut down", "give back", "halt 1"), calls);
    }

    @Test
    void whenTheShutdownCannotBeStartedTheStatusIs1() {
        stop(
                () -> {
                    throw new IllegalStateException("no");
                },
                true,
                LONG);

        assertEquals(List.of("shut down", "halt 1"), calls);
    }

    @Test
    void aLackOfThreadsEndsTheWorkerToo() {
        stop(
                () -> {
                    throw new OutOfMemoryError("unable to create native thread");
                },
                true,
                LONG);

        assertEquals(List.of("shut down", "halt 1"), calls);
        assertEquals(List.of("daemon_stopping", "daemon_failed"), logged.names());
    }

    @Test
    void whenLeasesCannotBeGivenBackTheStatusIs1() {
        var stop = new Stop(
                () -> DONE,
                () -> {
                    throw new IllegalStateException("no");
                },
                () -> true,
                new Stop.Terms(LONG, NONE, ExitStatus.OK),
                this::halt);

        stop.run();

        assertEquals(List.of("halt 1"), calls);
    }

    @Test
    void whenGivingBackTakesTooLongTheStatusIs1() {
        var never = new CompletableFuture<Integer>();
        new Stop(() -> DONE, never::get, () -> true, new Stop.Terms(50, NONE, ExitStatus.OK), this::halt).run();

        assertEquals(List.of("halt 1"), calls);
    }

    @Test
    void recordProcessorsThatFinishInTheLastMomentLeaveTimeToGiveBack() {
        var finishing = CompletableFuture.supplyAsync(() -> true, CompletableFuture.delayedExecutor(90, TimeUnit.MILLISECONDS));
        Callable<Integer> slowly = () -> {
            Thread.sleep(100);
            return 3;
        };

        new Stop(() -> finishing, slowly, () -> true, new Stop.Terms(100, LONG, ExitStatus.OK), this::halt).run();

        assertTrue(logged.messages().get(1).contains("leases given back: 3"));
    }

    @Test
    void beforeTheStartNothingIsShutDownAndTheStatusIs0() {
        stop(() -> DONE, false, LONG);

        assertEquals(List.of("halt 0"), calls);
        assertEquals(List.of("daemon_stopping", "daemon_stopped"), logged.names());
    }

    @Test
    void aWorkerThatEndsByItsOwnWillHandsOverAndHasAStatusOfItsOwn() {
        stop(() -> DONE, true, LONG, ExitStatus.FAILED);

        assertEquals(List.of("shut down", "give back", "halt 1"), calls);
        assertEquals(List.of("daemon_stopping", "daemon_stopped"), logged.names());
    }

    @Test
    void theStatusOfAStopThatWentWellIsTheOneGivenBeforeTheStartToo() {
        stop(() -> DONE, false, LONG, ExitStatus.FAILED);

        assertEquals(List.of("halt 1"), calls);
    }

    private void stop(Supplier<Future<Boolean>> shutdown, boolean started, long graceMillis) {
        stop(shutdown, started, graceMillis, ExitStatus.OK);
    }

    private void stop(Supplier<Future<Boolean>> shutdown, boolean started, long graceMillis, int status) {
        new Stop(
                        () -> {
                            calls.add("shut down");
                            return shutdown.get();
                        },
                        () -> {
                            calls.add("give back");
                            return 3;
                        },
                        () -> started,
                        new Stop.Terms(graceMillis, LONG, status),
                        this::halt)
                .run();
    }

    private void halt(int status) {
        calls.add("halt " + status);
    }
}
