package software.amazon.kinesis.multilang;

import java.util.function.Consumer;

/**
 * Copies each line of a child's standard error to the daemon's, once and unchanged.
 *
 * <p>Every line is a sign of life. An empty line has no other purpose and is not copied. Neither is a line for
 * the daemon itself, which begins with a mark.
 */
final class ChildStderr extends DrainChildSTDERRTask {

    /** ASCII's record separator, which no log line has. */
    private static final String MARK = "\u001e";

    private final Runnable onLine;
    private volatile Consumer<String> onReport = report -> {};

    /** @param onLine called for each line */
    ChildStderr(Runnable onLine) {
        this.onLine = onLine;
    }

    /** @param onReport takes each line for the daemon, without its mark */
    void reportTo(Consumer<String> onReport) {
        this.onReport = onReport;
    }

    @Override
    protected HandleLineResult<Boolean> handleLine(String line) {
        onLine.run();
        if (line.startsWith(MARK)) {
            onReport.accept(line.substring(MARK.length()));
        } else if (!line.isEmpty()) {
            System.err.println(line);
        }
        return new HandleLineResult<>();
    }
}
