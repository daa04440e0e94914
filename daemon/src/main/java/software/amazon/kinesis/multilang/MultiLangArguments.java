package software.amazon.kinesis.multilang;

import java.nio.file.Path;

/** The command line of KCL's multilang daemon. KCL keeps its parser to this package. */
public final class MultiLangArguments {

    private MultiLangArguments() {}

    /**
     * Returns the properties file, and configures the log where the arguments name a file for it.
     *
     * @throws RuntimeException when the arguments are wrong or name no properties file
     */
    public static Path propertiesFile(String[] arguments) {
        var daemon = new MultiLangDaemon();
        var parsed = new MultiLangDaemon.MultiLangDaemonArguments();
        daemon.buildJCommanderAndParseArgs(parsed, arguments);
        daemon.configureLogging(parsed.logConfiguration);
        return Path.of(daemon.validateAndGetPropertiesFileName(parsed));
    }
}
