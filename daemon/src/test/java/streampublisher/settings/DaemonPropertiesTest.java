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
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the properties file is read, and what its keys mean. */
class DaemonPropertiesTest {

    private static final Map<String, Consumer<DaemonProperties>> NUMBERS = Map.of(
            "maxActiveThreads", DaemonProperties::maxActiveThreads,
            "shutdownGraceMillis", DaemonProperties::shutdownGraceMillis,
            "healthPort", DaemonProperties::healthPort,
            "healthStuckAfterMillis", DaemonProperties::healthStuckAfterMillis,
            "shardFailuresBeforeExit", DaemonProperties::shardFailuresBeforeExit,
            "metricsIntervalMillis", DaemonProperties::metricsIntervalMillis,
            "childTimeoutMillis", DaemonProperties::childTimeoutMillis);

    /** Every key without a default, and how it is read. */
    private static final Set<Map.Entry<String, Consumer<DaemonProperties>>> REQUIRED = required();

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
                "metricsIntervalMillis",
                "childTimeoutMillis"
            })
    void whatIsNoNumberIsRefusedWithItsKeyAndItself(String key) {
        var properties = with(key, "1 minute");

        var error = assertThrows(
                ConfigurationException.class, () -> NUMBERS.get(key).accept(properties));

        assertEquals(key + " = '1 minute' is not a whole number", error.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1"})
    void aGraceThatIsNotPositiveIsRefused(String value) {
        var error = assertThrows(
                ConfigurationException.class, with("shutdownGraceMillis", value)::shutdownGraceMillis);

        assertEquals("shutdownGraceMillis = " + value + " is too short; set 1 or more", error.getMessage());
    }

    @Test
    void spacesAroundANumberAreNoPartOfIt() {
        assertEquals(2500, with("shutdownGraceMillis", " 2500 ").shutdownGraceMillis());
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

    @ParameterizedTest
    @FieldSource("REQUIRED")
    void aMissingKeyIsRefusedByNameWithWhoSetsIt(Map.Entry<String, Consumer<DaemonProperties>> key) {
        var error = assertThrows(
                ConfigurationException.class, () -> key.getValue().accept(none()));

        assertEquals(
                key.getKey() + " is missing; `stream-publisher run` sets it, and a properties file of your own must"
                        + " set it too",
                error.getMessage());
    }

    @Test
    void kclsOwnDefaultsHoldForKclsKeys() {
        assertNull(none().streamArn());
        assertNull(none().region());
        assertEquals(0, none().maxActiveThreads());
        assertFalse(none().callsQuietShards());
    }

    private static Set<Map.Entry<String, Consumer<DaemonProperties>>> required() {
        var keys = new HashMap<>(NUMBERS);
        keys.remove("maxActiveThreads");
        keys.put("healthHost", DaemonProperties::healthHost);
        keys.put("onTrimmedData", DaemonProperties::stopsAtTrimmedData);
        return keys.entrySet();
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
