package streampublisher.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * The properties file. It has KCL's keys under their own names, and a few keys of this daemon.
 *
 * <p>The daemon's keys have no defaults here. {@code stream-publisher run} passes every value, and the
 * Python settings (consumer/settings) are the one place for defaults.
 */
public final class DaemonProperties {

    private final Properties properties;

    DaemonProperties(Properties properties) {
        this.properties = properties;
    }

    /**
     * Reads a file, once, because it may be {@code /dev/stdin}.
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

    /** All keys and values. KCL ignores the keys that it does not know. */
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

    /** The region, or null if the environment names it. */
    public String region() {
        return properties.getProperty("regionName");
    }

    /** How many threads record processors may use; 0, which is KCL's own default, is no limit. */
    public int maxActiveThreads() {
        return (int) number("maxActiveThreads", properties.getProperty("maxActiveThreads", "0").trim());
    }

    /** Whether KCL calls quiet shards too, as it does not by default. */
    public boolean callsQuietShards() {
        return Boolean.parseBoolean(properties.getProperty("callProcessRecordsEvenForEmptyRecordList"));
    }

    /** How long a stop may take. */
    public long shutdownGraceMillis() {
        var grace = number("shutdownGraceMillis");
        if (grace < 1) {
            throw new ConfigurationException("shutdownGraceMillis = " + grace + " is too short; set 1 or more");
        }
        return grace;
    }

    /** The port of the health check; 0 is none. */
    public int healthPort() {
        return (int) number("healthPort");
    }

    public String healthHost() {
        return required("healthHost");
    }

    /** How long a shard may stand still before the health check fails. */
    public long healthStuckAfterMillis() {
        return number("healthStuckAfterMillis");
    }

    /** How many failures of one shard in a row end the worker; 0 is no limit. */
    public int shardFailuresBeforeExit() {
        return (int) number("shardFailuresBeforeExit");
    }

    /** How long a child may give no sign of life while KCL waits for its answer; 0 or less is for ever. */
    public long childTimeoutMillis() {
        return number("childTimeoutMillis");
    }

    /** Whether a shard is not read on after records expired unread. */
    public boolean stopsAtTrimmedData() {
        var value = required("onTrimmedData");
        if (!value.equals("continue") && !value.equals("stop")) {
            throw new ConfigurationException("onTrimmedData = '" + value + "' is neither continue nor stop");
        }
        return value.equals("stop");
    }

    /**
     * How long the service may not know a shard that is too young to have expired. Then the worker ends. This
     * is no setting of `stream-publisher run`, so its default is here.
     */
    public long unknownShardExitAfterMillis() {
        return number(
                "unknownShardExitAfterMillis",
                properties.getProperty("unknownShardExitAfterMillis", "300000").trim());
    }

    /** How often the metrics count this worker; 0 writes no metrics. */
    public long metricsIntervalMillis() {
        return number("metricsIntervalMillis");
    }

    private long number(String key) {
        return number(key, required(key));
    }

    private static long number(String key, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException error) {
            throw new ConfigurationException(key + " = '" + text + "' is not a whole number", error);
        }
    }

    private String required(String key) {
        var value = properties.getProperty(key);
        if (value == null) {
            throw new ConfigurationException(key + " is missing; `stream-publisher run` sets it, and a properties"
                    + " file of your own must set it too");
        }
        return value.trim();
    }
}
