package streampublisher.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Collection;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/**
 * Keeps records out of the log, at every level: their images are private.
 *
 * <p>KCL quotes whole records where an exception leaves a record processor. Where a child's pipe is closed, it
 * quotes the message that it can't write.
 */
public final class UnquotedRecords extends Filter<ILoggingEvent> {

    /** How KCL begins the text that quotes a message. */
    private static final String UNWRITTEN = "Cannot write message ";

    @Override
    public FilterReply decide(ILoggingEvent event) {
        var values = event.getArgumentArray();
        for (int i = 0; values != null && i < values.length; i++) {
            // The line's text is not made yet. KCL hands over an array that nobody else has.
            values[i] = withoutRecords(values[i]);
        }
        return quotesMessage(event) ? FilterReply.DENY : FilterReply.NEUTRAL;
    }

    private static Object withoutRecords(Object value) {
        if (value instanceof Collection<?> values && values.stream().anyMatch(UnquotedRecords::isRecord)) {
            return values.size() + " records, which are not logged";
        }
        return isRecord(value) ? "a record, which is not logged" : value;
    }

    private static boolean isRecord(Object value) {
        return value instanceof KinesisClientRecord || value instanceof Record || value instanceof ProcessRecordsInput;
    }

    private static boolean quotesMessage(ILoggingEvent event) {
        var errors = Stream.iterate(event.getThrowableProxy(), error -> error != null, IThrowableProxy::getCause);
        return Stream.concat(Stream.ofNullable(event.getMessage()), errors.map(IThrowableProxy::getMessage))
                .anyMatch(text -> text != null && text.contains(UNWRITTEN));
    }
}
