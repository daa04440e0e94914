package streampublisher.leases;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A repeated look that throws. Java would drop a task that throws. */
class RepeatedLookTest {

    private final List<String> ends = new ArrayList<>();

    @Test
    void anErrorEndsTheWorker() {
        look(() -> {
            throw new OutOfMemoryError("unable to create native thread");
        });

        assertEquals(
                List.of("the leases can't be looked after: java.lang.OutOfMemoryError: unable to create native thread"),
                ends);
    }

    @Test
    void afterAnExceptionTheNextLookFollows() {
        look(() -> {
            throw new IllegalStateException("no");
        });

        assertEquals(List.of(), ends);
    }

    private void look(Runnable look) {
        new RepeatedLook(look, ends::add).run();
    }
}
