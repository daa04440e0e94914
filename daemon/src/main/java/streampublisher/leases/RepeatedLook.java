package streampublisher.leases;

import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A look that is repeated, whatever an earlier one threw. Java drops a repeated task that throws, without a word.
 *
 * <p>An exception is logged. An error, such as a lack of memory or threads, ends the worker.
 */
final class RepeatedLook implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(RepeatedLook.class);

    private final Runnable look;
    private final Consumer<String> end;

    /** @param end begins to end the worker for the given reason, and returns */
    RepeatedLook(Runnable look, Consumer<String> end) {
        this.look = look;
        this.end = end;
    }

    @Override
    public void run() {
        try {
            look.run();
        } catch (RuntimeException error) {
            LOG.warn("The leases could not be looked after; the next look follows: {}", error.toString());
        } catch (Throwable error) {
            end.accept("the leases can't be looked after: " + error);
        }
    }
}
