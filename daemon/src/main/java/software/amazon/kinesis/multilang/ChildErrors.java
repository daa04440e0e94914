package software.amazon.kinesis.multilang;

/**
 * Passes on what a child writes to its standard error, once, as the child wrote it.
 *
 * <p>Each line is a sign of life; an empty one is nothing else.
 */
final class ChildErrors extends DrainChildSTDERRTask {

    private final Runnable sign;

    /** @param sign called with each line */
    ChildErrors(Runnable sign) {
        this.sign = sign;
    }

    @Override
    protected HandleLineResult<Boolean> handleLine(String line) {
        sign.run();
        if (!line.isEmpty()) {
            System.err.println(line);
        }
        return new HandleLineResult<>();
    }
}
