package dev.quarry.local.samples;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The organisation, app and shift for the rows of a file.
 *
 * @param organizationId must exist in PostgreSQL
 * @param app replaces the app ids in the file
 * @param shiftDays whole days to move all times by, later if positive, so that an old recording is in today's windows with
 *     the same times of day. It is part of a row's identity: the same file with another shift has other events
 */
public record LoadTarget(String organizationId, Optional<String> app, int shiftDays) {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final int MOST_SHIFT_DAYS = 40_000;

    public LoadTarget {
        requireIdentifier("organisation", organizationId);
        requireNonNull(app, "app is null").ifPresent(id -> requireIdentifier("app", id));
        if (Math.abs(shiftDays) > MOST_SHIFT_DAYS) {
            throw new SampleException(
                    "The shift must be from -%1$d to %1$d days, but is %2$d.".formatted(MOST_SHIFT_DAYS, shiftDays));
        }
    }

    /** Without another app and without a shift. */
    public LoadTarget(String organizationId) {
        this(organizationId, Optional.empty(), 0);
    }

    Instant moved(Instant recorded) {
        return recorded.plus(Duration.ofDays(shiftDays));
    }

    String appOr(String suggestion) {
        return app.orElseGet(() -> identifier(suggestion));
    }

    /** {@return an id for a name in a file} Other characters become dashes; the id is cut at 64 characters. */
    static String identifier(String name) {
        String plain = name.strip().replaceAll("[^A-Za-z0-9_-]", "-");
        if (plain.isEmpty()) {
            return "unknown";
        }
        return plain.substring(0, Math.min(plain.length(), 64));
    }

    private static void requireIdentifier(String what, String id) {
        if (!IDENTIFIER.matcher(id).matches()) {
            throw new SampleException(
                    "The %s id must be 1 to 64 letters, digits, dashes and underscores, but is \"%s\"."
                            .formatted(what, id));
        }
    }
}
