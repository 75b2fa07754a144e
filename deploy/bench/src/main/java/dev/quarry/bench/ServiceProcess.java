package dev.quarry.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A service or another program that listens, as a process, with the operating system's figures of it. Linux only. */
final class ServiceProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);
    private static final long KIBIBYTES_A_MEBIBYTE = 1_024;

    private final Process process;
    private final int port;
    private final Path log;
    private final long started;
    /** Ends the process with this JVM, also if somebody stops the benchmark. */
    private final Thread hook;

    private ServiceProcess(Process process, int port, Path log, long started) {
        this.process = process;
        this.port = port;
        this.log = log;
        this.started = started;
        this.hook = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Starts it on a free port, without waiting for it. */
    static ServiceProcess start(Packaging packaging, Map<String, String> environment, Path log) throws IOException {
        int port = freePort();
        var builder = new ProcessBuilder(packaging.command())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(log.toFile()));
        builder.environment().putAll(environment);
        builder.environment().put("PORT", Integer.toString(port));
        builder.environment().put("QUARKUS_HTTP_PORT", Integer.toString(port));
        builder.environment().put("QUARKUS_HTTP_HOST", "127.0.0.1");
        long started = System.nanoTime();
        return new ServiceProcess(builder.start(), port, log, started);
    }

    /** The URL of a path with its query. */
    URI url(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    long pid() {
        return process.pid();
    }

    /** Waits until the service listens. Returns the milliseconds since its start. */
    double awaitListening() throws IOException, InterruptedException {
        while (!listens(port)) {
            requireStarting();
            Thread.sleep(1);
        }
        return millisSinceStart();
    }

    /** Whether a port of this machine takes a connection. */
    static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    double millisSinceStart() {
        return (System.nanoTime() - started) / 1e6;
    }

    /** @throws IllegalStateException with its log, if it has ended or takes too long */
    void requireStarting() throws IOException {
        if (!process.isAlive() || millisSinceStart() > START.toMillis()) {
            process.destroyForcibly();
            throw new IllegalStateException("The service does not start:\n" + Files.readString(log));
        }
    }

    /** The current resident set, in MiB. */
    long memory() throws IOException {
        return status("VmRSS:");
    }

    /** The high-water mark of the resident set, in MiB. */
    long peakMemory() throws IOException {
        return status("VmHWM:");
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
        Runtime.getRuntime().removeShutdownHook(hook);
    }

    private long status(String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.replaceAll("\\D", "")) / KIBIBYTES_A_MEBIBYTE;
            }
        }
        throw new IllegalStateException("The process has no " + field + "\n" + Files.readString(log));
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
