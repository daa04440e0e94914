package streampublisher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/** The artifacts on the daemon's class path, and what is wrong with them. */
final class ClassPath {

    private static final Pattern FILE = Pattern.compile("(.+?)-(\\d.*)\\.jar");
    private static final Pattern COORDINATES = Pattern.compile("META-INF/maven/[^/]+/[^/]+/pom\\.properties");

    /** All artifacts of a family must have the same version. */
    private static final Map<String, Pattern> FAMILIES = Map.of(
            "netty", Pattern.compile("io\\.netty:(?!netty-tcnative).*|:netty-(?!tcnative|nio-client).*"),
            "awssdk", Pattern.compile("software\\.amazon\\.awssdk:.*|:third-party-jackson-.*|:netty-nio-client"),
            "jackson", Pattern.compile("com\\.fasterxml\\.jackson(\\..*)?:.*|:jackson-.*"),
            "logback", Pattern.compile("ch\\.qos\\.logback:.*|:logback-.*"),
            "slf4j", Pattern.compile("org\\.slf4j:.*|:slf4j-.*|:jcl-over-slf4j"),
            "kcl", Pattern.compile("software\\.amazon\\.kinesis:.*|:amazon-kinesis-client.*"));

    private ClassPath() {}

    /** An artifact. Its group is empty if the jar does not have it. */
    record Artifact(String group, String name, String version) {

        String key() {
            return group + ":" + name;
        }

        @Override
        public String toString() {
            return key() + ":" + version;
        }
    }

    /** Where the build puts the jars. */
    static Path folder() {
        return Path.of(System.getProperty("jars", "target/jars"));
    }

    /** Reads the jars of a folder. */
    static List<Artifact> artifacts(Path folder) throws IOException {
        try (var jars = Files.newDirectoryStream(folder, "*.jar")) {
            var artifacts = new ArrayList<Artifact>();
            for (var jar : jars) {
                artifacts.add(artifact(jar));
            }
            return artifacts;
        }
    }

    /** The names of the families. */
    static TreeSet<String> families() {
        return new TreeSet<>(FAMILIES.keySet());
    }

    /** The family of an artifact, empty for none. */
    static String family(Artifact artifact) {
        return FAMILIES.entrySet().stream()
                .filter(family -> family.getValue().matcher(artifact.key()).matches())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
    }

    /** Returns one line for each problem of a class path. */
    static List<String> problems(List<Artifact> artifacts) {
        var problems = new ArrayList<String>();
        problems.addAll(twoVersions("family ", ClassPath::family, artifacts));
        problems.addAll(twoVersions("artifact ", Artifact::key, artifacts));
        artifacts.stream()
                .filter(artifact -> artifact.name().equals("commons-logging"))
                .forEach(artifact -> problems.add(artifact + " is there beside jcl-over-slf4j"));
        return problems;
    }

    private static List<String> twoVersions(
            String what, Function<Artifact, String> grouping, List<Artifact> artifacts) {
        var versions = new TreeMap<String, TreeSet<String>>();
        for (var artifact : artifacts) {
            versions.computeIfAbsent(grouping.apply(artifact), key -> new TreeSet<>())
                    .add(artifact.version());
        }
        versions.remove("");
        // jackson-annotations 2.20 belongs to 2.20.0: it has no patch releases.
        versions.values().forEach(all ->
                all.removeIf(version -> all.stream().anyMatch(other -> other.startsWith(version + "."))));
        versions.values().removeIf(all -> all.size() == 1);
        return versions.entrySet().stream()
                .map(entry -> what + entry.getKey() + " has the versions " + String.join(", ", entry.getValue()))
                .toList();
    }

    private static Artifact artifact(Path jar) throws IOException {
        var file = jar.getFileName().toString();
        try (var content = new JarFile(jar.toFile())) {
            // A jar that contains other jars has their coordinates too.
            return content.stream()
                    .filter(entry -> COORDINATES.matcher(entry.getName()).matches())
                    .map(entry -> own(content, entry))
                    .filter(own -> file.equals(own.name() + "-" + own.version() + ".jar"))
                    .findFirst()
                    .orElseGet(() -> named(file));
        }
    }

    private static Artifact own(JarFile jar, JarEntry entry) {
        var coordinates = new Properties();
        try (var in = jar.getInputStream(entry)) {
            coordinates.load(in);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
        return new Artifact(
                coordinates.getProperty("groupId"),
                coordinates.getProperty("artifactId"),
                coordinates.getProperty("version"));
    }

    /** Returns the artifact of a jar without coordinates, from its file name. */
    static Artifact named(String file) {
        var match = FILE.matcher(file);
        if (!match.matches()) {
            throw new IllegalArgumentException(file + " has no version in its name");
        }
        return new Artifact("", match.group(1), match.group(2));
    }
}
