package dev.quarry.time;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Windows where time is at its worst: around changes of offset, skipped days, leap days and year ends. Same seed, same window. */
final class RandomWindows {
    private static final List<String> NASTY_ZONES = List.of(
            "UTC",
            "America/New_York",
            "Europe/Berlin",
            "Australia/Lord_Howe",
            "America/Sao_Paulo",
            "Africa/Cairo",
            "Africa/Casablanca",
            "Pacific/Apia",
            "Pacific/Kwajalein",
            "America/St_Johns",
            "America/Caracas",
            "America/Havana",
            "Asia/Kathmandu",
            "Asia/Kolkata",
            "Asia/Tehran",
            "Asia/Gaza",
            "Antarctica/Troll");
    private static final List<String> ALL_ZONES =
            ZoneId.getAvailableZoneIds().stream().sorted().toList();

    private final RandomGenerator random;

    RandomWindows(long seed) {
        this.random = new Random(seed);
    }

    /** Up to {@code longest}, starting at any millisecond. */
    Window anywhere(Duration longest) {
        ZoneId zone = zone();
        Instant start = moment(zone).truncatedTo(ChronoUnit.MILLIS);
        return new Window(start, start.plusMillis(1 + random.nextLong(longest.toMillis())), zone);
    }

    Window wholeDays(int longest) {
        ZoneId zone = zone();
        LocalDate from = LocalClock.of(zone).dayOf(moment(zone));
        return Window.ofDays(from, from.plusDays(1 + random.nextInt(longest - 1)), zone, longest);
    }

    /** Within three days of one of the moments that code about time gets wrong. */
    private Instant moment(ZoneId zone) {
        int year = 1973 + random.nextInt(65);
        List<Instant> moments = new ArrayList<>();
        moments.add(LocalDate.of(year, 1, 1).atStartOfDay(zone).toInstant());
        moments.add(LocalDate.of(year, 3, 1).atStartOfDay(zone).toInstant());
        Instant start = moments.getFirst();
        for (ZoneOffsetTransition change : LocalClock.of(zone)
                .changes(start, start.atOffset(ZoneOffset.UTC).plusYears(1).toInstant())) {
            moments.add(change.getInstant());
            moments.add(change.getInstant());
        }
        Instant moment = moments.get(random.nextInt(moments.size()));
        long reach = Duration.ofDays(3).toMillis();
        return random.nextInt(8) == 0 ? moment : moment.plusMillis(random.nextLong(-reach, reach));
    }

    private ZoneId zone() {
        List<String> zones = random.nextInt(4) == 0 ? ALL_ZONES : NASTY_ZONES;
        return ZoneId.of(zones.get(random.nextInt(zones.size())));
    }
}
