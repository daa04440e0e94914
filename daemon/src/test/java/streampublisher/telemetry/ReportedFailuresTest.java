package streampublisher.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A failure that has an event of its own is not logged again by others. */
class ReportedFailuresTest {

    private final ReportedFailures filter = new ReportedFailures();

    @Test
    void aMarkedFailureIsLeftOut() {
        assertEquals(FilterReply.DENY, filter.decide(line(ReportedFailures.mark(new IllegalStateException()))));
    }

    @Test
    void aFailureThatAMarkedOneCausedIsLeftOut() {
        var marked = ReportedFailures.mark(new IllegalStateException());

        assertEquals(FilterReply.DENY, filter.decide(line(new RuntimeException(marked))));
    }

    @Test
    void theDaemonsOwnLineStays() {
        var marked = ReportedFailures.mark(new IllegalStateException());

        assertEquals(FilterReply.NEUTRAL, filter.decide(line("stream-publisher.daemon", marked)));
    }

    @Test
    void anyOtherLineStays() {
        assertEquals(FilterReply.NEUTRAL, filter.decide(line(new IllegalStateException())));
        assertEquals(FilterReply.NEUTRAL, filter.decide(line(null)));
    }

    @Test
    void aMarkChangesNothingElse() {
        var error = new IllegalStateException("the reason");

        assertSame(error, ReportedFailures.mark(ReportedFailures.mark(error)));
        assertEquals("the reason", error.getMessage());
        assertEquals(1, error.getSuppressed().length);
    }

    private static LoggingEvent line(Throwable error) {
        return line("anybody", error);
    }

    private static LoggingEvent line(String loggerName, Throwable error) {
        var logger = (Logger) LoggerFactory.getLogger(loggerName);
        return new LoggingEvent(ReportedFailuresTest.class.getName(), logger, Level.ERROR, "failed", error, null);
    }
}
