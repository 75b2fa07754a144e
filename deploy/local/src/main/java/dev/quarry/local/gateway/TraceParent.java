package dev.quarry.local.gateway;

import io.vertx.core.MultiMap;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/** The trace of a request (W3C Trace Context): the client's, or else a new one. */
final class TraceParent {

    private static final String PARENT = "traceparent";
    private static final String STATE = "tracestate";

    private static final Pattern VALID =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private static final SecureRandom RANDOM = new SecureRandom();

    private TraceParent() {}

    /** Keeps a valid header of the client, or else begins a sampled trace. */
    static void ensure(MultiMap headers) {
        List<String> sent = headers.getAll(PARENT);
        if (sent.size() != 1 || !VALID.matcher(sent.getFirst()).matches()) {
            headers.set(PARENT, "00-" + random(16) + "-" + random(8) + "-01").remove(STATE);
        }
    }

    private static String random(int length) {
        byte[] bytes = new byte[length];
        do {
            RANDOM.nextBytes(bytes);
        } while (isZero(bytes));
        return HexFormat.of().formatHex(bytes);
    }

    private static boolean isZero(byte[] bytes) {
        for (byte part : bytes) {
            if (part != 0) {
                return false;
            }
        }
        return true;
    }
}
