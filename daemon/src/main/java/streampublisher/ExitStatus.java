package streampublisher;

/** The daemon's exit statuses. */
final class ExitStatus {

    /** The daemon was asked to stop, and stopped. */
    static final int OK = 0;

    /** A record processor or KCL failed. After a restart, reading goes on at the last checkpoint. */
    static final int FAILED = 1;

    /** The configuration can't be used. Nothing was started. */
    static final int CONFIGURATION = 2;

    private ExitStatus() {}
}
