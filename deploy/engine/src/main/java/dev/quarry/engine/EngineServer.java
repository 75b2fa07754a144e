package dev.quarry.engine;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** ClickHouse's engine as a process, behind ClickHouse's HTTP protocol. For development and tests. */
public final class EngineServer implements AutoCloseable {
    /** ClickHouse's {@code http_max_uri_size}. */
    private static final int MAX_URI_BYTES = 1 << 20;

    private static final int MAX_HEADER_BYTES = 1 << 16;
    private static final int BACKLOG = 1024;

    /** The engine runs partly on the calling thread's stack; ClickHouse's own threads have 8 MiB. */
    private static final long STACK_BYTES = 1L << 23;

    /** How long running queries may go on after a stop; then they are cancelled. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private static final Duration CANCEL = Duration.ofSeconds(3);

    private final Vertx vertx;
    private final HttpServer http;
    private final Engine engine;
    private final RunningQueries queries;
    private final QueryHandler handler;
    private final ThreadPoolExecutor workers;
    private final ScheduledExecutorService control;
    private final String url;

    /** Throws {@link IllegalStateException} with a sentence for the user if the directory or the port is in use. */
    EngineServer(EngineOptions options) {
        engine = new Engine(NativeLibrary.load(options.library()), options);
        workers = new ThreadPoolExecutor(
                options.maxConcurrentQueries(),
                options.maxConcurrentQueries(),
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(options.maxQueuedQueries()),
                threads("engine-query"));
        workers.allowCoreThreadTimeOut(true);
        control = Executors.newSingleThreadScheduledExecutor(threads("engine-control"));
        queries = new RunningQueries(engine, control);
        handler = new QueryHandler(
                engine, queries, new Authentication(options.user(), options.roleUsers(), options.password()), workers);
        vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(2)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        http = vertx.createHttpServer(new HttpServerOptions()
                        .setMaxInitialLineLength(MAX_URI_BYTES)
                        .setMaxHeaderSize(MAX_HEADER_BYTES)
                        .setAcceptBacklog(BACKLOG)
                        .setHandle100ContinueAutomatically(true)
                        // ClickHouse supports HTTP/1.1 only. A request that offers an upgrade to HTTP/2 would lose its
                        // body.
                        .setHttp2ClearTextEnabled(false)
                        .setTcpNoDelay(true))
                .requestHandler(handler);
        listen(options);
        String host = options.host().contains(":") ? "[" + options.host() + "]" : options.host();
        url = "http://" + host + ":" + http.actualPort();
    }

    private void listen(EngineOptions options) {
        try {
            http.listen(options.port(), options.host())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException failure) {
            String why = failure.getCause() instanceof BindException
                    ? "port " + options.port() + " on " + options.host() + " is taken"
                    : "cannot listen on " + options.host() + ": "
                            + failure.getCause().getMessage();
            close();
            throw new IllegalStateException(why, failure);
        }
    }

    private static ThreadFactory threads(String name) {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        return task -> {
            Thread thread = new Thread(group, task, name, STACK_BYTES);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** {@return the server's address, {@code http://host:port}} */
    public String url() {
        return url;
    }

    /**
     * Refuses new queries, waits a moment for the running ones, cancels the rest, and releases the data directory.
     * Queries that cannot be cancelled end with the process.
     */
    @Override
    public void close() {
        handler.stop();
        try {
            if (!queries.awaitNone(GRACE)) {
                queries.cancelAll();
                queries.awaitNone(CANCEL);
            }
            // Closing the connections ends queries that wait for their clients.
            vertx.close().toCompletionStage().toCompletableFuture().join();
            if (queries.awaitNone(CANCEL)) {
                workers.shutdown();
                control.shutdownNow();
                engine.close();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs a server until a stop signal; see {@link EngineOptions#USAGE}. Exits with 0, or with 1 and a sentence. */
    public static void main(String[] arguments) {
        PrintStream out = System.out;
        try {
            EngineOptions options = EngineOptions.parse(arguments, System.getenv("QUARRY_ENGINE_PASSWORD"));
            EngineServer server = new EngineServer(options);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "engine-stop"));
            if (options.exitWithParent()) {
                Thread.ofPlatform().daemon().name("engine-parent").start(EngineServer::exitAtEndOfInput);
            }
            out.println("ready on " + server.url());
            out.flush();
        } catch (IllegalArgumentException | IllegalStateException | UncheckedIOException | EngineException refused) {
            System.err.println("quarry-engine: " + refused.getMessage());
            // Ends the process even if threads of the engine still run.
            Runtime.getRuntime().halt(1);
        }
    }

    /** Exits with status 0: without this, the status after a signal is 128 and more. */
    private static void stop(EngineServer server) {
        int status = 1;
        try {
            server.close();
            status = 0;
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }

    private static void exitAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // Reads until the end.
            }
        } catch (IOException broken) {
            // Counts as the end.
        }
        System.exit(0);
    }
}
