package dev.quarry.testing;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Sends requests that no ordinary client would send. */
public final class RawRequest {
    private RawRequest() {}

    /**
     * Sends a request line with the required headers only, unless the text has a Host header of its own. Its letters are
     * sent as bytes of ISO 8859-1. Returns the whole answer.
     */
    public static String send(URI service, String requestLine) throws IOException {
        try (Socket socket = new Socket(service.getHost(), service.getPort())) {
            socket.setSoTimeout(10_000);
            String host = requestLine.contains("\r\nHost: ") ? "" : "\r\nHost: localhost";
            socket.getOutputStream()
                    .write((requestLine + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
