package streampublisher.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * The properties file: KCL's keys under their own names, and a few of this daemon's own.
 *
 * <p>The file may be {@code /dev/stdin}, so it is read once.
 */
public final class DaemonProperties {

    private static final long DEFAULT_GRACE_MILLIS = 60_000;
    private static final long DEFAULT_STUCK_MILLIS = 300_000;
    private static final long DEFAULT_CHILD_TIMEOUT_MILLIS = 300_000;
    private static final long DEFAULT_SHARD_FAILURES = 10;

    private final Properties properties;

    DaemonProperties(Properties properties) {
        this.properties = properties;
    }

    /**
     * Reads a file.
     *
     * @throws ConfigurationException when it can't be read
     */
    public static DaemonProperties read(Path file) {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | UncheckedIOException error) {
            throw new ConfigurationException(file + " can't be read: " + error.getMessage(), error);
        }
        return new DaemonProperties(properties);
    }

    /** KCL's keys and values. */
    public Properties forKcl() {
        return properties;
    }

    /** The program to start for each shard, with its arguments. */
    public String[] command() {
        var name = properties.getProperty("executableName", "").trim();
        if (name.isEmpty()) {
            throw new ConfigurationException("executableName is missing: the program to start for each shard");
        }
        return name.split(" +");
    }

    public String streamArn() {
        return properties.getProperty("streamName");
    }

    public String region() {
        return properties.getProperty("regionName");
    }

    /** Threads for record processors; 0 is no limit. */
    public int maxActiveThreads() {
        return (int) number("maxActiveThreads", 0);
    }

    /** How long a stop may take; KCL takes 0 for 'not set'. */
    public long shutdownGraceMillis() {
        var grace = number("shutdownGraceMillis", 0);
        return grace > 0 ? grace : DEFAULT_GRACE_MILLIS;
    }

    /** Whether quiet shards are called too, so that a shard that is not called stands still. */
    public boolean callsQuietShards() {
        return Boolean.parseBoolean(properties.getProperty("callProcessRecordsEvenForEmptyRecordList"));
    }

    /** The port of the health endpoint; 0 is none. */
    public int healthPort() {
        return (int) number("healthPort", 0);
    }

    public String healthHost() {
        return properties.getProperty("healthHost", "127.0.0.1");
    }

    /** How often in a row one shard's record processor may fail before the worker ends; 0 is for ever. */
    public int shardFailuresBeforeExit() {
        return (int) number("shardFailuresBeforeExit", DEFAULT_SHARD_FAILURES);
    }

    /** How long a child may give no sign of life while an answer is awaited; 0 or less is for ever. */
    public long childTimeoutMillis() {
        return number("childTimeoutMillis", DEFAULT_CHILD_TIMEOUT_MILLIS);
    }

    /** Whether a shard whose unread records have expired is not read on. */
    public boolean stopsAtTrimmedData() {
        var value = properties.getProperty("onTrimmedData", "continue").trim();
        if (!value.equals("continue") && !value.equals("stop")) {
            throw new ConfigurationException("onTrimmedData = '" + value + "' is neither continue nor stop");
        }
        return value.equals("stop");
    }

    /** How often it is told, in the log, that this worker is here; 0 writes no metrics at all. */
    public long metricsIntervalMillis() {
        return number("metricsIntervalMillis", 0);
    }

    /** How long a shard may stand still. */
    public long healthStuckAfterMillis() {
        return number("healthStuckAfterMillis", DEFAULT_STUCK_MILLIS);
    }

    private long number(String key, long otherwise) {
        var text = properties.getProperty(key);
        try {
            return text == null ? otherwise : Long.parseLong(text.trim());
        } catch (NumberFormatException error) {
            throw new ConfigurationException(key + " = '" + text + "' is not a whole number", error);
        }
    }
}
