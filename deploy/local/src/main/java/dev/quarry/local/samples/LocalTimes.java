package dev.quarry.local.samples;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Parses the formats of times in recordings. A time without an offset is UTC. */
final class LocalTimes {
    private static final List<DateTimeFormatter> FORMATS = List.of(
            DateTimeFormatter.ofPattern(
                            "uuuu-MM-dd[ ]['T']HH:mm[:ss][.SSSSSSSSS][.SSSSSS][.SSS][,SSS][XXX][X]", Locale.ROOT)
                    .withResolverStyle(ResolverStyle.STRICT),
            // The format of the shop's published file.
            DateTimeFormatter.ofPattern("M/d/uuuu H:mm[:ss]", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT));

    private LocalTimes() {}

    static Optional<Instant> parse(String text) {
        for (DateTimeFormatter format : FORMATS) {
            try {
                TemporalAccessor time = format.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
                return Optional.of(
                        switch (time) {
                            case OffsetDateTime withOffset -> withOffset.toInstant();
                            case LocalDateTime local -> local.toInstant(ZoneOffset.UTC);
                            default -> throw new IllegalStateException("Neither of the two was asked for");
                        });
            } catch (DateTimeParseException unreadable) {
                // Tries the next format.
            }
        }
        return Optional.empty();
    }
}
