package streampublisher;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The real daemon, in a JVM of its own. */
final class DaemonJvm implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 120;

    private final Path out;
    private final Path err;
    private final Process process;

    /** The exit status, the text of stdout, and the lines of stderr as JSON. */
    record End(int status, String out, List<JsonNode> log) {

        /** The daemon's own events, without the lines of KCL and the SDK. */
        List<String> events() {
            return log.stream()
                    .filter(line -> line.get("logger").textValue().equals("stream-publisher.daemon"))
                    .map(line -> line.get("event").textValue())
                    .toList();
        }

        /** The last line of stderr. */
        JsonNode last() {
            return log.get(log.size() - 1);
        }
    }

    /**
     * @param folder an empty folder for the daemon's output
     * @param endpoint the endpoint of all AWS services
     */
    DaemonJvm(Path folder, String endpoint, String... arguments) throws IOException, URISyntaxException {
        out = folder.resolve("out");
        err = folder.resolve("err");
        var builder = new ProcessBuilder(command(arguments))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        // The daemon gets neither this host's credentials nor its options for Java.
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "AWS_REGION", "eu-central-1",
                        "AWS_ACCESS_KEY_ID", "nobody",
                        "AWS_SECRET_ACCESS_KEY", "nothing",
                        "AWS_EC2_METADATA_DISABLED", "true",
                        "AWS_ENDPOINT_URL", endpoint));
        process = builder.start();
    }

    private static List<String> command(String... arguments) throws URISyntaxException {
        var classes = Path.of(Main.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // These two only make the start faster.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classes + File.pathSeparator + ClassPath.folder().resolve("*"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Waits for the end. */
    End end() throws IOException, InterruptedException {
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), () -> "still runs; it wrote " + written());
        var log = new ArrayList<JsonNode>();
        for (var line : Files.readAllLines(err)) {
            log.add(new ObjectMapper().readTree(line));
        }
        return new End(process.exitValue(), Files.readString(out), log);
    }

    private String written() {
        try {
            return Files.readString(err);
        } catch (IOException error) {
            return error.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
