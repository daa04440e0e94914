package streampublisher;

import java.lang.reflect.InvocationTargetException;
import java.security.Security;
import software.amazon.kinesis.multilang.MultiLangArguments;
import streampublisher.settings.ConfigurationException;
import streampublisher.settings.DaemonProperties;
import streampublisher.telemetry.Events;

/**
 * KCL's MultiLangDaemon on the stream of a DynamoDB table.
 *
 * <p>It takes the arguments and the properties file of KCL's own daemon. There {@code streamName} is
 * the stream's ARN. See docs/daemon.md.
 */
public final class Main {

    private Main() {}

    /** Runs until the process is told to stop, or fails. */
    public static void main(String[] arguments) {
        // KCL's jar has a logback.xml too. Which of two is found depends on the class path's order.
        System.getProperties().putIfAbsent("logback.configurationFile", "streams-daemon-logback.xml");
        logUncaughtExceptions(Thread.currentThread());
        // Endpoints change their addresses. By default the JVM may keep an address for ever.
        Security.setProperty("networkaddress.cache.ttl", "60");
        System.exit(run(arguments));
    }

    private static void logUncaughtExceptions(Thread main) {
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> {
            Events.error("daemon_failed", "Uncaught in {}", thread.getName(), error);
            if (thread.equals(main)) {
                // KCL's threads would keep the JVM alive, and nobody would lead them.
                Runtime.getRuntime().halt(ExitStatus.FAILED);
            }
        });
    }

    private static int run(String[] arguments) {
        Worker worker;
        try {
            worker = makeWorker(DaemonProperties.read(MultiLangArguments.propertiesFile(arguments)));
        } catch (RuntimeException error) {
            return refuse(error);
        }
        try {
            return worker.work();
        } catch (ConfigurationException error) {
            return refuse(error);
        }
    }

    private static Worker makeWorker(DaemonProperties properties) {
        var assembly = new WorkerAssembly(properties);
        var worker = assembly.worker();
        assembly.serveHealth();
        return worker;
    }

    /** Logs one line without a stack trace: the mistake is in the settings, not in the code. */
    private static int refuse(RuntimeException error) {
        Events.error("daemon_failed", "The daemon can't start: {}", reason(error));
        return ExitStatus.CONFIGURATION;
    }

    private static String reason(Throwable error) {
        for (var cause = error; cause != null; cause = cause.getCause()) {
            // KCL sets values by reflection. The outer exception then has no reason of its own.
            if (cause instanceof InvocationTargetException hidden && hidden.getCause() != null) {
                return reason(hidden.getCause());
            }
        }
        return error.getMessage() == null ? error.toString() : error.getMessage();
    }
}
