package software.amazon.kinesis.multilang;

/** How the daemon ends. */
final class ExitStatus {

    /** Stopped as asked. */
    static final int OK = 0;

    /** A record processor or KCL failed; reading goes on at the last checkpoint after a restart. */
    static final int FAILED = 1;

    /** The configuration can't be used; nothing was started. */
    static final int CONFIGURATION = 2;

    /** What a record processor ends with when not its shard but its worker should end. */
    static final int WORKER = 3;

    private ExitStatus() {}
}
