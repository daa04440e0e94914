package streampublisher.telemetry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import streampublisher.settings.ConfigurationException;

/** Answers {@code GET /health} with the report as JSON: 200 when healthy, 503 when not. */
public final class HealthServer {

    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final ObjectMapper json = new ObjectMapper();
    private final Health health;
    private final HttpServer server;

    HealthServer(Health health, String host, int port) throws IOException {
        this.health = health;
        this.server = HttpServer.create(new InetSocketAddress(host, port), 0);
        server.createContext("/health", this::answer);
    }

    /**
     * Answers from now on.
     *
     * @throws ConfigurationException when the port can't be opened
     */
    public static void serve(Health health, String host, int port) {
        try {
            new HealthServer(health, host, port).start();
        } catch (IOException | RuntimeException error) {
            var reason = error.getMessage() == null ? error.toString() : error.getMessage();
            throw new ConfigurationException("healthPort = " + port + " on healthHost = " + host
                    + " can't be opened: " + reason + "; take another port, or 0", error);
        }
    }

    /** Starts to answer, on a daemon thread, so that the server does not keep the JVM alive. */
    void start() {
        var thread = new Thread(server::start, "health");
        thread.setDaemon(true);
        thread.start();
    }

    /** Stops answering, and frees the port. */
    void stop() {
        server.stop(0);
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        var report = health.report();
        var body = json.writeValueAsBytes(report);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(report.healthy() ? OK : UNAVAILABLE, body.length);
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
