package streampublisher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Which package may use which. A package that the rule does not name fails. */
class RoomsTest {

    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final Pattern IMPORT =
            Pattern.compile("^import (?:static )?(streampublisher[a-z.]*)\\.[A-Z]", Pattern.MULTILINE);
    private static final String ROOT = "streampublisher";

    /** The classes in KCL's packages use none of ours. */
    private static final Map<String, Set<String>> RULE = Map.of(
            "software.amazon.kinesis.leader", Set.of(),
            "software.amazon.kinesis.multilang", Set.of(),
            "software.amazon.kinesis.multilang.config", Set.of(),
            ROOT + ".settings", Set.of(),
            ROOT + ".telemetry", Set.of(ROOT + ".settings"),
            ROOT + ".reading", Set.of(ROOT + ".settings", ROOT + ".telemetry"),
            ROOT + ".children", Set.of(ROOT + ".settings", ROOT + ".telemetry"),
            ROOT + ".leases", Set.of(ROOT + ".settings", ROOT + ".telemetry"),
            ROOT,
            Set.of(ROOT + ".settings", ROOT + ".telemetry", ROOT + ".reading", ROOT + ".children", ROOT + ".leases"));

    @Test
    void packagesUseEachOtherAsTheRuleSays() throws IOException {
        var used = new TreeMap<String, Set<String>>();
        try (var files = Files.walk(SOURCES)) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .forEach(file -> used.computeIfAbsent(packageOf(file), name -> new TreeSet<>())
                            .addAll(imports(file)));
        }

        assertEquals(new TreeMap<>(RULE), used);
    }

    @Test
    void theRuleHasNoCircle() {
        var left = new HashMap<>(RULE);
        while (!left.isEmpty()) {
            var open = left.keySet();
            var free = open.stream().filter(name -> RULE.get(name).stream().noneMatch(open::contains)).toList();
            assertFalse(free.isEmpty(), () -> "a circle among " + open);
            left.keySet().removeAll(free);
        }
    }

    private static String packageOf(Path file) {
        return SOURCES.relativize(file.getParent()).toString().replace(file.getFileSystem().getSeparator(), ".");
    }

    private static Set<String> imports(Path file) {
        try {
            var found = new TreeSet<String>();
            IMPORT.matcher(Files.readString(file)).results().forEach(match -> found.add(match.group(1)));
            return found;
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
