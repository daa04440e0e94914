package streampublisher.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for another thread or process. */
public final class Eventually {

    private static final long PATIENCE_SECONDS = 20;
    private static final long LOOK_EVERY_MILLIS = 2;

    private Eventually() {}

    /** Returns once the condition holds. */
    public static void holds(BooleanSupplier condition) {
        var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "waited in vain");
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_EVERY_MILLIS);
        } catch (InterruptedException error) {
            throw new IllegalStateException(error);
        }
    }
}
