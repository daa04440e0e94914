package streampublisher.testing;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import net.logstash.logback.argument.StructuredArgument;
import org.slf4j.LoggerFactory;

/** The daemon's own log lines, while this object is open. */
public final class LoggedEvents implements AutoCloseable {

    private final Logger logger;
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            // Logback reads an event's context late. By then the context may have changed.
            event.prepareForDeferredProcessing();
            events.add(event);
        }
    };

    public LoggedEvents() {
        this("stream-publisher.daemon");
    }

    /** @param name the logger whose lines are kept */
    public LoggedEvents(String name) {
        logger = (Logger) LoggerFactory.getLogger(name);
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.addAppender(appender);
    }

    public List<String> names() {
        return inContext("event");
    }

    public List<String> shards() {
        return inContext("shardId");
    }

    public List<String> messages() {
        return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    public List<String> levels() {
        return events.stream().map(event -> event.getLevel().toString()).toList();
    }

    /** Returns the fields that a line's arguments add to its JSON. */
    public Map<String, Object> fields(int line) {
        var mapper = new ObjectMapper();
        var text = new StringWriter();
        try (var json = mapper.createGenerator(text)) {
            json.writeStartObject();
            for (var argument : events.get(line).getArgumentArray()) {
                if (argument instanceof StructuredArgument structured) {
                    structured.writeTo(json);
                }
            }
            json.writeEndObject();
            json.flush();
            return mapper.readValue(text.toString(), new TypeReference<>() {});
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
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
