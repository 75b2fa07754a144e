package dev.quarry.testing;

import io.restassured.RestAssured;
import jakarta.ws.rs.core.MediaType;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An answer to a request that need not be well-formed, so no client library sends it.
 *
 * @param headers by name in any case; several values are separated by commas
 */
record Answer(int status, Map<String, String> headers, String body) {
    /** Differ from answer to answer. */
    private static final Set<String> OF_EACH_ANSWER = Set.of("date", "ratelimit", "server-timing", "x-request-id");

    private static final int PATIENCE_MILLIS = 20_000;

    /**
     * Sends a request on a connection of its own.
     *
     * @param start the method and the target, which are sent as bytes of ISO 8859-1
     * @param comments number of comments after which an event stream is left
     */
    static Answer to(String start, Map<String, String> headers, int comments) throws IOException {
        StringBuilder request =
                new StringBuilder(start).append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        headers.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            return read(new BufferedInputStream(socket.getInputStream()), comments);
        }
    }

    private static Answer read(InputStream in, int comments) throws IOException {
        int status = Integer.parseInt(line(in).split(" ", 3)[1]);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String[] header = line.split(": *", 2);
            headers.merge(header[0], header[1], (one, other) -> one + ", " + other);
        }
        if (headers.getOrDefault("Content-Type", "").startsWith(MediaType.SERVER_SENT_EVENTS)) {
            return new Answer(status, headers, events(in, comments));
        }
        byte[] sent = in.readAllBytes();
        byte[] body = sent.length > 0 && headers.containsKey("Transfer-Encoding") ? unchunked(sent) : sent;
        return new Answer(status, headers, new String(body, StandardCharsets.UTF_8));
    }

    private static String events(InputStream in, int comments) throws IOException {
        StringBuilder events = new StringBuilder();
        int seen = 0;
        for (String line = line(in); line != null && seen < comments; line = line(in)) {
            events.append(line).append('\n');
            seen += line.startsWith(":") ? 1 : 0;
        }
        return events.toString();
    }

    private static byte[] unchunked(byte[] chunks) throws IOException {
        InputStream in = new ByteArrayInputStream(chunks);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            whole.write(in.readNBytes(size));
            line(in);
        }
        return whole.toByteArray();
    }

    /** Null at the end. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return null;
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    /** Without parameters, such as {@code application/json}. */
    String mediaType() {
        return headers.getOrDefault("Content-Type", "").replaceFirst(";.*", "");
    }

    /** Everything that the client receives, except what it has sent itself. */
    String text(Collection<String> sent) {
        String text = status + "\n" + headers + "\n" + body;
        List<String> longestFirst = sent.stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
        for (String value : longestFirst) {
            text = text.replace(value, "<sent>");
        }
        return text;
    }

    /** What tells two answers apart: their text without times and numbers that no two answers share. */
    String comparable(Collection<String> sent) {
        Map<String, String> others = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        others.putAll(headers);
        others.keySet().removeIf(name -> OF_EACH_ANSWER.contains(name.toLowerCase(Locale.ROOT)));
        return new Answer(status, others, body)
                .text(sent)
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}", "<now>");
    }
}
