package software.amazon.kinesis.multilang;

/** The daemon can't work with what it was given; the message says what is wrong and what to do. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Refusal(String message) {
        super(message);
    }
}
