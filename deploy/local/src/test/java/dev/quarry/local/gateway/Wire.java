package dev.quarry.local.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** HTTP as bytes, for what a client library would not send or not show. */
final class Wire {
    private static final int TIMEOUT_MILLISECONDS = 30_000;

    private Wire() {}

    /** One where nobody listens. */
    static int closedPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Two where nobody listens, which differ: a port that was closed may be the next free one. */
    static List<Integer> twoClosedPorts() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return List.of(socket.getLocalPort(), closedPort());
        }
    }

    static Socket connect(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLISECONDS);
        return socket;
    }

    /** Sends a request, and reads until the other side closes the connection. */
    static String exchange(int port, String request) throws IOException {
        try (var socket = connect(port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads up to and with {@code end}. */
    static void readUntil(InputStream input, String end) throws IOException {
        var seen = new StringBuilder();
        while (seen.indexOf(end) < 0) {
            int next = input.read();
            if (next < 0) {
                throw new IOException("The answer ended before: " + end);
            }
            seen.append((char) next);
        }
    }
}
