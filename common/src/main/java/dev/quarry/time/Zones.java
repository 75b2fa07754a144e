package dev.quarry.time;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.time.zone.ZoneRulesProvider;
import java.util.Optional;

/** Zones by their names in the IANA time zone database only. */
public final class Zones {
    public static final ZoneId UTC = ZoneId.of("UTC");

    /** Names that the JDK knows and the IANA database does not. */
    private static final String FOREIGN = "SystemV/";

    private Zones() {}

    /**
     * The zone of exactly that name, with upper and lower case as in the database. An offset ({@code +05:30},
     * {@code Z}, {@code UTC+1}) names no zone: it has no rules for summer time.
     */
    public static Optional<ZoneId> named(String name) {
        // ZoneId.getAvailableZoneIds would copy its 600 names for each call.
        return ZoneRulesProvider.getAvailableZoneIds().contains(name) && !name.startsWith(FOREIGN)
                ? Optional.of(ZoneId.of(name))
                : Optional.empty();
    }

    /** Whether the zone's clock always shows UTC, whatever the zone's name, as in Etc/UCT and Zulu. */
    public static boolean isUtc(ZoneId zone) {
        ZoneRules rules = zone.getRules();
        return rules.isFixedOffset() && rules.getOffset(Instant.EPOCH).getTotalSeconds() == 0;
    }
}
