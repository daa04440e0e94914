package software.amazon.kinesis.multilang;

/**
 * Copies each line of a child's standard error to the daemon's, once and unchanged.
 *
 * <p>Every line is a sign of life. An empty line has no other purpose and is not copied.
 */
final class ChildStderr extends DrainChildSTDERRTask {

    private final Runnable onLine;

    /** @param onLine called for each line */
    ChildStderr(Runnable onLine) {
        this.onLine = onLine;
    }

    @Override
    protected HandleLineResult<Boolean> handleLine(String line) {
        onLine.run();
        if (!line.isEmpty()) {
            System.err.println(line);
        }
        return new HandleLineResult<>();
    }
}
