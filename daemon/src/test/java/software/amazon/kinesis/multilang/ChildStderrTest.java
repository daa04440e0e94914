package software.amazon.kinesis.multilang;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A child's standard error is copied line by line. */
class ChildStderrTest {

    private final AtomicInteger signs = new AtomicInteger();
    private final List<String> reports = new ArrayList<>();
    private final ByteArrayOutputStream copied = new ByteArrayOutputStream();
    private PrintStream standardError;

    @BeforeEach
    void listen() {
        standardError = System.err;
        System.setErr(new PrintStream(copied, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stopListening() {
        System.setErr(standardError);
    }

    @Test
    void linesAreCopiedOnceAndUnchanged() throws Exception {
        drain("{\"event\": \"published\"}\n  ключ \n");

        assertEquals(lines("{\"event\": \"published\"}", "  ключ "), copied());
        assertEquals(2, signs.get());
    }

    @Test
    void anEmptyLineIsASignOfLifeAndIsNotCopied() throws Exception {
        drain("first\n\n\nsecond\n");

        assertEquals(lines("first", "second"), copied());
        assertEquals(4, signs.get());
    }

    @Test
    void aLineForTheDaemonIsNotCopied() throws Exception {
        drain("first\n\u001e{\"reason\": \"no\"}\nsecond\n");

        assertEquals(lines("first", "second"), copied());
        assertEquals(List.of("{\"reason\": \"no\"}"), reports);
        assertEquals(3, signs.get());
    }

    @Test
    void silenceIsNoSignOfLife() throws Exception {
        drain("");

        assertEquals("", copied());
        assertEquals(0, signs.get());
    }

    private void drain(String written) throws Exception {
        var reader = new BufferedReader(new StringReader(written));
        var stderr = new ChildStderr(signs::incrementAndGet);
        stderr.reportTo(reports::add);
        stderr.initialize(reader, "shardId-1").call();
    }

    private String copied() {
        return copied.toString(StandardCharsets.UTF_8);
    }

    private static String lines(String... lines) {
        return String.join(System.lineSeparator(), lines) + System.lineSeparator();
    }
}
