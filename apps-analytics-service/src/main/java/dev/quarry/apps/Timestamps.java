package dev.quarry.apps;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Instants on the wire: RFC 3339, UTC, and all of a kind equally long, so that they also sort as text. */
public final class Timestamps {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Timestamps() {}

    /** {@code 2026-02-20T13:00:00Z}: where a bucket starts. */
    public static String ofBucket(Instant start) {
        return SECONDS.format(start);
    }

    /** {@code 2026-02-20T13:00:00.250Z}: when something happened. */
    public static String ofEvent(Instant time) {
        return MILLISECONDS.format(time);
    }
}
