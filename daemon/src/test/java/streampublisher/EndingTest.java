package streampublisher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import streampublisher.testing.LoggedEvents;

/** A worker ends once, and whatever happens it does end. */
@Timeout(30)
class EndingTest {

    private final List<String> calls = new CopyOnWriteArrayList<>();
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
    void theWorkerStopsOnceForItsFirstReason() throws InterruptedException {
        var ending = ending(Thread::new);
        ending.begin("one");
        ending.begin("two");
        ending.await();

        assertEquals(List.of("stop"), calls);
        assertEquals(List.of("The worker ends: one"), logged.messages());
    }

    @Test
    void whereNoThreadCanBeStartedTheWorkerEndsAtOnce() {
        ending(task -> {
            throw new OutOfMemoryError("unable to create native thread");
        }).begin("one");

        assertEquals(List.of("halt 1"), calls);
        assertEquals(List.of("daemon_failed", "daemon_failed"), logged.names());
    }

    private Ending ending(ThreadFactory threads) {
        return new Ending(() -> calls.add("stop"), threads, status -> calls.add("halt " + status));
    }
}
