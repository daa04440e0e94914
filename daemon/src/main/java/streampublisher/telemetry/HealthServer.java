package streampublisher.telemetry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import streampublisher.settings.ConfigurationException;

/**
 * Answers {@code GET /health} with the report as JSON: 200 when healthy, 503 when not.
 *
 * <p>No client can keep others from their answer. One thread serves all connections and waits for none of
 * them. Each connection gets one answer and a few seconds. Where too many are open, the oldest is closed.
 */
public final class HealthServer {

    /** How many connections may be open. */
    static final int CONNECTIONS = 64;

    private static final String PATH = "/health";
    private static final long MILLIS = 5_000;

    private final ObjectWriter json = new ObjectMapper().writer();
    private final Health health;
    private final long millis;
    /** Oldest first. Only the one thread uses it. */
    private final Set<Channel> connections = new LinkedHashSet<>();
    /** A daemon thread, so that the server does not keep the JVM alive. */
    private final EventLoopGroup thread = new NioEventLoopGroup(1, new DefaultThreadFactory("health", true));
    private final Channel listener;

    /**
     * Answers from now on.
     *
     * @param millis how long a connection lasts
     */
    HealthServer(Health health, String host, int port, long millis) throws IOException {
        this.health = health;
        this.millis = millis;
        var opened = new ServerBootstrap()
                .group(thread)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        accept(connection);
                    }
                })
                .bind(new InetSocketAddress(host, port))
                .awaitUninterruptibly();
        this.listener = opened.channel();
        if (!opened.isSuccess()) {
            stop();
            var error = opened.cause();
            throw new IOException(error.getMessage() == null ? error.toString() : error.getMessage(), error);
        }
    }

    /**
     * Answers from now on.
     *
     * @throws ConfigurationException when the port can't be opened
     */
    public static void serve(Health health, String host, int port) {
        try {
            new HealthServer(health, host, port, MILLIS);
        } catch (IOException | RuntimeException error) {
            throw new ConfigurationException("healthPort = " + port + " on healthHost = " + host
                    + " can't be opened: " + error.getMessage() + "; take another port, or 0", error);
        }
    }

    /** Stops answering, and frees the port. */
    void stop() {
        listener.close().awaitUninterruptibly();
        thread.shutdownGracefully(0, MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private void accept(Channel connection) {
        connections.add(connection);
        var end = connection.eventLoop().schedule(() -> connection.close(), millis, TimeUnit.MILLISECONDS);
        connection.closeFuture().addListener(closed -> {
            connections.remove(connection);
            end.cancel(false);
        });
        if (connections.size() > CONNECTIONS) {
            connections.iterator().next().close();
        }
        connection.pipeline().addLast(new HttpServerCodec(), new Answer());
    }

    /** Answers the request once its head is there, and closes the connection. */
    private final class Answer extends SimpleChannelInboundHandler<HttpObject> {

        @Override
        protected void channelRead0(ChannelHandlerContext connection, HttpObject part) throws JsonProcessingException {
            if (part instanceof HttpRequest request) {
                var response = answer(request);
                response.headers()
                        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                        .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
                connection.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext connection, Throwable error) {
            // Such as a client that has gone.
            connection.close();
        }
    }

    private FullHttpResponse answer(HttpRequest request) throws JsonProcessingException {
        if (request.decoderResult().isFailure()) {
            return response(HttpResponseStatus.BAD_REQUEST, new byte[0]);
        }
        if (!new QueryStringDecoder(request.uri()).rawPath().equals(PATH)) {
            return response(HttpResponseStatus.NOT_FOUND, new byte[0]);
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            return response(HttpResponseStatus.METHOD_NOT_ALLOWED, new byte[0]);
        }
        var report = health.report();
        var status = report.healthy() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE;
        var response = response(status, json.writeValueAsBytes(report));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
        return response;
    }

    private static FullHttpResponse response(HttpResponseStatus status, byte[] body) {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
    }
}
