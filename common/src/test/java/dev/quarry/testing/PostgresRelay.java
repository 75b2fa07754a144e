package dev.quarry.testing;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/**
 * A proxy between a service and PostgreSQL that records each statement that the service executes. It reads the messages
 * of PostgreSQL's protocol, version 3, without TLS.
 */
final class PostgresRelay implements AutoCloseable {
    private static final int SSL_REQUEST = 80_877_103;
    private static final int GSS_REQUEST = 80_877_104;

    private final ServerSocket listener;
    private final String host;
    private final int port;
    private final Queue<String> statements;

    /** @param statements takes the SQL of each executed statement */
    PostgresRelay(String host, int port, Queue<String> statements) {
        this.host = host;
        this.port = port;
        this.statements = statements;
        try {
            this.listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Accepts no more connections. Open connections end when the service closes them. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(host, port);
                Thread.ofVirtual().start(() -> run(client, server, () -> new Frontend().relay(client, server)));
                Thread.ofVirtual()
                        .start(() -> run(
                                client, server, () -> server.getInputStream().transferTo(client.getOutputStream())));
            } catch (IOException _) {
                // The listener was closed, or a client gave up.
            }
        }
    }

    @FunctionalInterface
    private interface Transfer {
        void run() throws IOException;
    }

    /** The end of either direction closes both connections. */
    private static void run(Socket client, Socket server, Transfer transfer) {
        try (client;
                server) {
            transfer.run();
        } catch (IOException _) {
            // One end closed its connection.
        }
    }

    /** Reads a client's messages, and remembers which statements its names stand for. */
    private final class Frontend {
        private final Map<String, String> prepared = new HashMap<>();
        private final Map<String, String> portals = new HashMap<>();

        void relay(Socket client, Socket server) throws IOException {
            var in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
            var out = new DataOutputStream(new BufferedOutputStream(server.getOutputStream()));
            int code;
            do {
                byte[] opening = body(in);
                code = ByteBuffer.wrap(opening).getInt();
                send(out, opening);
                out.flush();
            } while (code == SSL_REQUEST || code == GSS_REQUEST);
            for (int type = in.read(); type >= 0; type = in.read()) {
                byte[] body = body(in);
                note((char) type, ByteBuffer.wrap(body));
                out.write(type);
                send(out, body);
                if (in.available() == 0) {
                    out.flush();
                }
            }
        }

        private void note(char type, ByteBuffer body) {
            switch (type) {
                case 'Q' -> statements.add(text(body));
                case 'P' -> prepared.put(text(body), text(body));
                case 'B' -> portals.put(text(body), prepared.get(text(body)));
                case 'E' -> statements.add(portals.get(text(body)));
                default -> {
                    // Other messages execute nothing.
                }
            }
        }

        private static byte[] body(DataInputStream in) throws IOException {
            byte[] body = new byte[in.readInt() - Integer.BYTES];
            in.readFully(body);
            return body;
        }

        private static void send(DataOutputStream out, byte[] body) throws IOException {
            out.writeInt(body.length + Integer.BYTES);
            out.write(body);
        }

        /** The next string, which ends with a zero byte. */
        private static String text(ByteBuffer body) {
            int end = body.position();
            while (body.get(end) != 0) {
                end++;
            }
            byte[] text = new byte[end - body.position()];
            body.get(text).get();
            return new String(text, StandardCharsets.UTF_8);
        }
    }
}
