package dev.quarry.time;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.Optional;

/** Zones by the names of the IANA time zone database, and by nothing else. */
public final class Zones {
    public static final ZoneId UTC = ZoneId.of("UTC");

    /** Names that the JDK knows and the IANA database does not. */
    private static final String FOREIGN = "SystemV/";

    private Zones() {}

    /**
     * The zone of that exact name, upper and lower case as in the database. An offset ({@code +05:30}, {@code Z},
     * {@code UTC+1}) names no zone: it has no rules for summer time.
     */
    public static Optional<ZoneId> named(String name) {
        return ZoneId.getAvailableZoneIds().contains(name) && !name.startsWith(FOREIGN)
                ? Optional.of(ZoneId.of(name))
                : Optional.empty();
    }

    /** Whether the zone's clock always shows UTC, whatever the zone's name: Etc/UCT and Zulu do. */
    public static boolean isUtc(ZoneId zone) {
        ZoneRules rules = zone.getRules();
        return rules.isFixedOffset() && rules.getOffset(Instant.EPOCH).getTotalSeconds() == 0;
    }
}
