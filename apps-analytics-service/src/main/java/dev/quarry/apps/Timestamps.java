package dev.quarry.apps;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Instants in answers: RFC 3339 in UTC. All instants of a kind have the same length, so they also sort as text. */
public final class Timestamps {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Timestamps() {}

    /** Formats the start of a bucket, such as {@code 2026-02-20T13:00:00Z}. */
    public static String ofBucket(Instant start) {
        return SECONDS.format(start);
    }

    /** Formats the time of an event, such as {@code 2026-02-20T13:00:00.250Z}. */
    public static String ofEvent(Instant time) {
        return MILLISECONDS.format(time);
    }
}
