package streampublisher.settings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading the properties file, and what its keys mean. */
class DaemonPropertiesTest {

    private static final Map<String, Consumer<DaemonProperties>> NUMBERS = Map.of(
            "maxActiveThreads", DaemonProperties::maxActiveThreads,
            "shutdownGraceMillis", DaemonProperties::shutdownGraceMillis,
            "healthPort", DaemonProperties::healthPort,
            "healthStuckAfterMillis", DaemonProperties::healthStuckAfterMillis,
            "shardFailuresBeforeExit", DaemonProperties::shardFailuresBeforeExit,
            "childTimeoutMillis", DaemonProperties::childTimeoutMillis);

    @TempDir
    private Path folder;

    @Test
    void aFileIsReadAsUtf8() throws IOException {
        var file = written("applicationName = Bestände\nstreamName = ключ\n".getBytes(StandardCharsets.UTF_8));

        var properties = DaemonProperties.read(file);

        assertEquals("Bestände", properties.forKcl().getProperty("applicationName"));
        assertEquals("ключ", properties.streamArn());
    }

    @Test
    void aFileThatIsNotUtf8IsRefusedByName() throws IOException {
        var file = written("applicationName = Bestände\n".getBytes(StandardCharsets.ISO_8859_1));

        assertRefusedByName(file);
    }

    @Test
    void aMissingFileIsRefusedByName() {
        assertRefusedByName(folder.resolve("missing.properties"));
    }

    @Test
    void aFolderIsRefusedByName() {
        assertRefusedByName(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   "})
    void anEmptyProgramIsRefusedWithItsKey(String value) {
        var error = assertThrows(
                ConfigurationException.class, with("executableName", value)::command);

        assertTrue(error.getMessage().startsWith("executableName "), error.getMessage());
    }

    @Test
    void aMissingProgramIsRefusedWithItsKey() {
        var error = assertThrows(ConfigurationException.class, none()::command);

        assertTrue(error.getMessage().startsWith("executableName "), error.getMessage());
    }

    @Test
    void theProgramIsSplitFromItsArgumentsAtSpaces() {
        assertArrayEquals(
                new String[] {"python", "-m", "consumer"},
                with("executableName", "  python -m   consumer ").command());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "maxActiveThreads",
                "shutdownGraceMillis",
                "healthPort",
                "healthStuckAfterMillis",
                "shardFailuresBeforeExit",
                "childTimeoutMillis"
            })
    void whatIsNoNumberIsRefusedWithItsKeyAndItself(String key) {
        var properties = with(key, "1 minute");

        var error = assertThrows(
                ConfigurationException.class, () -> NUMBERS.get(key).accept(properties));

        assertEquals(key + " = '1 minute' is not a whole number", error.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"0, 60000", "-1, 60000", "1, 1", "' 2500 ', 2500"})
    void aGraceThatIsNotPositiveIsTheDefault(String value, long expected) {
        assertEquals(expected, with("shutdownGraceMillis", value).shutdownGraceMillis());
    }

    @Test
    void quietShardsAreCalledWhenTheFileSaysSo() {
        assertTrue(with("callProcessRecordsEvenForEmptyRecordList", "true").callsQuietShards());
        assertFalse(with("callProcessRecordsEvenForEmptyRecordList", "false").callsQuietShards());
    }

    @Test
    void theHealthEndpointIsWhereTheFileSays() {
        assertEquals(8080, with("healthPort", "8080").healthPort());
        assertEquals("0.0.0.0", with("healthHost", "0.0.0.0").healthHost());
        assertEquals(9000, with("healthStuckAfterMillis", "9000").healthStuckAfterMillis());
    }

    @Test
    void theThreadsAndTheRegionAreAsTheFileSays() {
        assertEquals(4, with("maxActiveThreads", "4").maxActiveThreads());
        assertEquals("eu-west-1", with("regionName", "eu-west-1").region());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "3"})
    void failuresAndSilenceAreBorneAsTheFileSays(String value) {
        assertEquals(Integer.parseInt(value), with("shardFailuresBeforeExit", value).shardFailuresBeforeExit());
        assertEquals(Long.parseLong(value), with("childTimeoutMillis", value).childTimeoutMillis());
    }

    @ParameterizedTest
    @CsvSource({"stop, true", "' stop ', true", "continue, false", "' continue ', false"})
    void expiredRecordsStopAShardWhereTheFileSaysSo(String value, boolean expected) {
        assertEquals(expected, with("onTrimmedData", value).stopsAtTrimmedData());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Stop", "halt"})
    void anotherWordForExpiredRecordsIsRefusedWithItsKeyAndItself(String value) {
        var error = assertThrows(
                ConfigurationException.class, with("onTrimmedData", value)::stopsAtTrimmedData);

        assertEquals("onTrimmedData = '" + value + "' is neither continue nor stop", error.getMessage());
    }

    @Test
    void anEmptyFileMeansTheDefaults() {
        var properties = none();

        assertNull(properties.streamArn());
        assertNull(properties.region());
        assertEquals(0, properties.maxActiveThreads());
        assertEquals(60_000, properties.shutdownGraceMillis());
        assertFalse(properties.callsQuietShards());
        assertEquals(0, properties.healthPort());
        assertEquals("127.0.0.1", properties.healthHost());
        assertEquals(300_000, properties.healthStuckAfterMillis());
        assertEquals(10, properties.shardFailuresBeforeExit());
        assertEquals(300_000, properties.childTimeoutMillis());
        assertEquals(0, properties.metricsIntervalMillis());
        assertFalse(properties.stopsAtTrimmedData());
    }

    private Path written(byte[] content) throws IOException {
        return Files.write(folder.resolve("daemon.properties"), content);
    }

    private static void assertRefusedByName(Path file) {
        var error = assertThrows(ConfigurationException.class, () -> DaemonProperties.read(file));

        assertTrue(error.getMessage().startsWith(file + " can't be read"), error.getMessage());
    }

    private static DaemonProperties none() {
        return new DaemonProperties(new Properties());
    }

    private static DaemonProperties with(String key, String value) {
        var properties = new Properties();
        properties.setProperty(key, value);
        return new DaemonProperties(properties);
    }
}
