package streampublisher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The versions on the daemon's class path fit together. */
class ClassPathTest {

    private static List<ClassPath.Artifact> ours;

    @BeforeAll
    static void read() throws IOException {
        ours = ClassPath.artifacts(ClassPath.folder());
    }

    @Test
    void theDaemonsOwnClassPathHasNoProblem() {
        assertEquals(
                List.of(),
                ClassPath.problems(ours),
                "if the pom is right, these are left from an older build: mvn clean");
    }

    @Test
    void eachFamilyIsOnTheDaemonsClassPath() {
        var found = ours.stream()
                .map(ClassPath::family)
                .filter(family -> !family.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));

        assertEquals(ClassPath.families(), found);
    }

    @Test
    void theCoordinatesAreTheJarsOwn() {
        // This jar has the coordinates of another artifact too.
        assertTrue(ours.stream().anyMatch(artifact -> artifact.key().equals("io.netty:netty-common")));
    }

    @ParameterizedTest
    @CsvSource({
        "netty, io.netty:netty-buffer:4.1.124.Final, io.netty:netty-codec-http:4.1.118.Final",
        "awssdk, software.amazon.awssdk:dynamodb:2.33.0, software.amazon.awssdk:netty-nio-client:2.32.10",
        "awssdk, software.amazon.awssdk:dynamodb:2.33.0, :third-party-jackson-core:2.32.10",
        "jackson, com.fasterxml.jackson.core:jackson-core:2.20.0, com.fasterxml.jackson.core:jackson-databind:2.19.2",
        "jackson, com.fasterxml.jackson.core:jackson-annotations:2.2, com.fasterxml.jackson.core:jackson-core:2.20.0",
        "logback, ch.qos.logback:logback-classic:1.5.18, :logback-core:1.5.17",
        "slf4j, org.slf4j:slf4j-api:2.0.17, org.slf4j:jcl-over-slf4j:2.0.16",
        "kcl, software.amazon.kinesis:amazon-kinesis-client:3.1.3, "
                + "software.amazon.kinesis:amazon-kinesis-client-multilang:3.1.2",
    })
    void twoVersionsInAFamilyAreReported(String family, String first, String second) {
        var problems = ClassPath.problems(List.of(artifact(first), artifact(second)));

        assertEquals(1, problems.size(), problems::toString);
        assertTrue(problems.get(0).startsWith("family " + family + " has the versions "), problems::toString);
        assertTrue(problems.get(0).contains(artifact(first).version()), problems::toString);
        assertTrue(problems.get(0).contains(artifact(second).version()), problems::toString);
    }

    @Test
    void oneArtifactInTwoVersionsIsReported() {
        assertEquals(
                List.of("artifact com.google.guava:guava has the versions 32.1.1-jre, 33.0.0-jre"),
                problems("com.google.guava:guava:32.1.1-jre", "com.google.guava:guava:33.0.0-jre"));
    }

    @Test
    void oneArtifactInTwoVersionsIsReportedWhereOnlyTheFileNameTells() {
        assertEquals(
                List.of("artifact :rxjava has the versions 3.1.10, 3.1.11"),
                ClassPath.problems(
                        List.of(ClassPath.named("rxjava-3.1.10.jar"), ClassPath.named("rxjava-3.1.11.jar"))));
    }

    @Test
    void commonsLoggingIsReported() {
        assertEquals(
                List.of("commons-logging:commons-logging:1.3.5 is there beside jcl-over-slf4j"),
                problems("commons-logging:commons-logging:1.3.5", "org.slf4j:jcl-over-slf4j:2.0.17"));
    }

    @Test
    void jacksonsAnnotationsGoWithEveryPatch() {
        assertEquals(
                List.of(),
                problems(
                        "com.fasterxml.jackson.core:jackson-annotations:2.20",
                        "com.fasterxml.jackson.core:jackson-core:2.20.1",
                        "com.fasterxml.jackson.datatype:jackson-datatype-jsr310:2.20.1"));
    }

    @Test
    void whatHasVersionsOfItsOwnIsNotReported() {
        assertEquals(
                List.of(),
                problems(
                        "io.netty:netty-buffer:4.1.124.Final",
                        "io.netty:netty-tcnative-classes:2.0.72.Final",
                        "software.amazon.awssdk:annotations:2.33.0",
                        ":annotations:26.0.1",
                        "software.amazon.eventstream:eventstream:1.0.1",
                        "ch.qos.logback:logback-core:1.5.18",
                        "net.logstash.logback:logstash-logback-encoder:8.1"));
    }

    @ParameterizedTest
    @CsvSource({
        "guava-32.1.1-jre.jar, :guava:32.1.1-jre",
        "netty-codec-http2-4.1.124.Final.jar, :netty-codec-http2:4.1.124.Final",
        "listenablefuture-9999.0-empty-to-avoid-conflict.jar, :listenablefuture:9999.0-empty-to-avoid-conflict",
    })
    void aFileNameIsSplitBeforeItsVersion(String file, String expected) {
        assertEquals(expected, ClassPath.named(file).toString());
    }

    private static List<String> problems(String... artifacts) {
        return ClassPath.problems(Stream.of(artifacts).map(ClassPathTest::artifact).toList());
    }

    private static ClassPath.Artifact artifact(String coordinates) {
        var parts = coordinates.split(":");
        return new ClassPath.Artifact(parts[0], parts[1], parts[2]);
    }
}
