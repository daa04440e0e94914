package software.amazon.kinesis.multilang;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Answers {@code GET /health}: 200 when healthy, 503 when not, with the report as JSON. */
final class HealthServer {

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

    /** Starts answering; the thread is a daemon thread and keeps nothing alive. */
    void start() {
        var thread = new Thread(server::start, "health");
        thread.setDaemon(true);
        thread.start();
    }

    /** Stops answering and frees the port. */
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
