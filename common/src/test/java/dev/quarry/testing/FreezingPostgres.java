package dev.quarry.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Puts a proxy between a service and PostgreSQL that can freeze connections: those which listen for notifications, or all.
 */
public final class FreezingPostgres implements QuarkusTestResourceLifecycleManager {
    private final Freezer freezer = new Freezer();
    private ServerSocket proxy;

    /** On a field of type {@link Freezer}. */
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Listener {}

    /** Freezes open connections. Both sides stay connected; nothing arrives any more. */
    public static final class Freezer {
        private final Set<Link> open = ConcurrentHashMap.newKeySet();
        private final Set<Link> listening = ConcurrentHashMap.newKeySet();
        private final AtomicInteger connections = new AtomicInteger();
        private Set<Link> frozen = Set.of();

        /** The connections that listen. */
        public synchronized void freeze() {
            frozen = Set.copyOf(listening);
        }

        /** All connections that are open now, as if the server's machine had vanished. Later ones work. */
        public synchronized void freezeAll() {
            frozen = Set.copyOf(open);
        }

        /** Delivers what was sent meanwhile. */
        public synchronized void goOn() {
            frozen = Set.of();
            notifyAll();
        }

        /** How many connections have begun to listen so far. */
        public int connections() {
            return connections.get();
        }

        private void listens(Link link) {
            if (listening.add(link)) {
                connections.incrementAndGet();
            }
        }

        private synchronized void awaitThaw(Link link) throws InterruptedException {
            while (frozen.contains(link)) {
                wait();
            }
        }
    }

    /** One connection of the service, and its counterpart to PostgreSQL. */
    private static final class Link {}

    /** Starts after the stores. */
    @Override
    public int order() {
        return 1;
    }

    @Override
    public Map<String, String> start() {
        try {
            proxy = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        URI address = Stores.postgres();
        Thread.ofVirtual().start(() -> accept(address));
        return Map.of(
                "quarkus.datasource.reactive.url",
                "postgresql://127.0.0.1:" + proxy.getLocalPort() + address.getPath());
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(freezer, new TestInjector.Annotated(Listener.class));
    }

    @Override
    public void stop() {
        freezer.goOn();
        try {
            if (proxy != null) {
                proxy.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void accept(URI address) {
        while (!proxy.isClosed()) {
            try {
                Socket client = proxy.accept();
                Socket server = new Socket(address.getHost(), address.getPort());
                Link link = new Link();
                freezer.open.add(link);
                Thread.ofPlatform().daemon().start(() -> run(link, client, server, client, server));
                Thread.ofPlatform().daemon().start(() -> run(link, server, client, client, server));
            } catch (IOException _) {
                // The proxy was closed, or a client gave up.
            }
        }
    }

    /** The end of either direction closes both connections. */
    private void run(Link link, Socket from, Socket to, Socket client, Socket server) {
        try (client;
                server) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[8_192];
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                if (from == client && new String(bytes, 0, read, StandardCharsets.ISO_8859_1).contains("LISTEN ")) {
                    freezer.listens(link);
                }
                freezer.awaitThaw(link);
                out.write(bytes, 0, read);
                out.flush();
            }
        } catch (IOException _) {
            // One end closed its connection.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            freezer.open.remove(link);
            freezer.listening.remove(link);
        }
    }
}
