package software.amazon.kinesis.multilang;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import software.amazon.kinesis.multilang.config.MultiLangDaemonConfiguration;

/**
 * KCL's multilang record processor, opened for a subclass in another package.
 *
 * <p>KCL keeps two steps to this package: the start of the child process, and the reaction to its
 * failure. KCL's own reaction ends the JVM.
 */
public abstract class MultiLangChild extends MultiLangShardRecordProcessor {

    private final ChildStderr stderr;

    /**
     * @param command the program and its arguments
     * @param onStderrLine called for each line that the child writes to its standard error
     */
    protected MultiLangChild(
            String[] command,
            ExecutorService executor,
            MultiLangDaemonConfiguration configuration,
            Runnable onStderrLine) {
        this(command, executor, configuration, new ChildStderr(onStderrLine));
    }

    private MultiLangChild(
            String[] command,
            ExecutorService executor,
            MultiLangDaemonConfiguration configuration,
            ChildStderr stderr) {
        super(
                new ProcessBuilder(command),
                executor,
                new ObjectMapper(),
                new MessageWriter(),
                new MessageReader(),
                stderr,
                configuration);
        this.stderr = stderr;
    }

    /** The child process has started. */
    protected abstract void started(Process process);

    /** The child tells why it fails or waits, in JSON. */
    protected abstract void told(String report);

    /** The child can't go on: it did not start, it ended, or it broke the protocol. */
    protected abstract void failed();

    @Override
    final Process startProcess() throws IOException {
        stderr.reportTo(this::told);
        var process = super.startProcess();
        started(process);
        return process;
    }

    @Override
    final void exit() {
        failed();
    }
}
