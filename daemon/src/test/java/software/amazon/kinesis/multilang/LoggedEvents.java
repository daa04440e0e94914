package software.amazon.kinesis.multilang;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What the daemon logs itself, from the making of this object until it is closed. */
final class LoggedEvents implements AutoCloseable {

    private final Logger logger = (Logger) LoggerFactory.getLogger("stream-publisher.daemon");
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            // The context of an event is only read when asked for, and by then it is another one.
            event.prepareForDeferredProcessing();
            events.add(event);
        }
    };

    LoggedEvents() {
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.addAppender(appender);
    }

    List<String> names() {
        return inContext("event");
    }

    List<String> shards() {
        return inContext("shardId");
    }

    List<String> messages() {
        return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private List<String> inContext(String key) {
        return events.stream()
                .map(event -> event.getMDCPropertyMap().getOrDefault(key, ""))
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        appender.stop();
    }
}
