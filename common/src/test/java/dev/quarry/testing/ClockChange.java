package dev.quarry.testing;

import dev.quarry.time.Zones;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A moment at which a zone's clocks go forward or back, by the JDK's zone data. */
public record ClockChange(ZoneId zone, Instant instant) {
    private static final Instant EVENTS_BEGIN = Instant.parse("2000-01-03T00:00:00Z");
    private static final Instant EVENTS_END = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("2040-01-01T00:00:00Z");

    /** Zones that are special in more than the size and the time of day of their changes. */
    private static final List<ClockChange> NAMED = List.of(
            // The clock goes back across midnight, so midnight occurs twice.
            of("America/St_Johns", "2010-11-07T02:31:00Z"),
            of("America/Goose_Bay", "2006-10-29T03:01:00Z"),
            of("Antarctica/Casey", "2010-03-04T15:00:00Z"),
            // A day is skipped.
            of("Pacific/Apia", "2011-12-30T10:00:00Z"),
            of("Pacific/Fakaofo", "2011-12-30T11:00:00Z"),
            // Midnight is skipped, or occurs twice.
            of("America/Sao_Paulo", "2018-11-04T03:00:00Z"),
            of("America/Havana", "2024-11-03T05:00:00Z"),
            // Changes by half an hour or two hours, and offsets of quarters of an hour.
            of("Australia/Lord_Howe", "2024-04-06T15:00:00Z"),
            of("Australia/Lord_Howe", "2024-10-05T15:30:00Z"),
            of("Antarctica/Troll", "2024-10-27T01:00:00Z"),
            of("Pacific/Chatham", "2024-04-06T14:00:00Z"),
            of("Europe/Berlin", "2024-03-31T01:00:00Z"));

    private static ClockChange of(String zone, String instant) {
        return new ClockChange(ZoneId.of(zone), Instant.parse(instant));
    }

    /** Every zone that a request may name. */
    public static List<ZoneId> zones() {
        return ZoneId.getAvailableZoneIds().stream()
                .sorted()
                .map(Zones::named)
                .flatMap(Optional::stream)
                .toList();
    }

    /** One zone for each set of rules. */
    public static Collection<ZoneId> distinctZones() {
        Map<ZoneRules, ZoneId> zones = new LinkedHashMap<>();
        zones().forEach(zone -> zones.putIfAbsent(zone.getRules(), zone));
        return zones.values();
    }

    /** Every change of every zone, from 1970 to 2039. Zones with the same rules are listed once. */
    public static List<ClockChange> all() {
        List<ClockChange> changes = new ArrayList<>();
        for (ZoneId zone : distinctZones()) {
            for (ZoneOffsetTransition change = zone.getRules().nextTransition(Instant.EPOCH);
                    change != null && change.getInstant().isBefore(LAST);
                    change = zone.getRules().nextTransition(change.getInstant())) {
                changes.add(new ClockChange(zone, change.getInstant()));
            }
        }
        return changes;
    }

    /**
     * One change since 2000 of each kind, that is, of each size and time of day. Also the last change of a zone whose
     * rules are new, and some special changes.
     */
    public static Collection<ClockChange> sample() {
        Map<Object, ClockChange> sample = new LinkedHashMap<>();
        for (ClockChange change : NAMED) {
            sample.put(change, change);
        }
        for (ClockChange change : all()) {
            if (change.instant.isAfter(EVENTS_BEGIN) && change.instant.isBefore(EVENTS_END)) {
                ZoneOffsetTransition transition = change.zone.getRules().nextTransition(change.instant.minusNanos(1));
                String kind = transition.getDuration() + " at "
                        + transition.getDateTimeBefore().toLocalTime();
                sample.putIfAbsent(kind, change);
                if (change.zone.getId().equals("America/Coyhaique")) {
                    sample.put("newest", change);
                }
            }
        }
        return new LinkedHashSet<>(sample.values());
    }

    /**
     * The day of an instant: the last day whose start, by {@link LocalDate#atStartOfDay(ZoneId)}, is not after the
     * instant. If the clock goes back across midnight, this is not the local date.
     */
    public static LocalDate dayOf(Instant instant, ZoneId zone) {
        LocalDate day = instant.atZone(zone).toLocalDate();
        while (!startOf(day.plusDays(1), zone).isAfter(instant)) {
            day = day.plusDays(1);
        }
        return day;
    }

    public static Instant startOf(LocalDate day, ZoneId zone) {
        return day.atStartOfDay(zone).toInstant();
    }

    /** Whether the zone has the day, or skipped it. */
    public static boolean exists(LocalDate day, ZoneId zone) {
        return startOf(day, zone).isBefore(startOf(day.plusDays(1), zone));
    }

    public LocalDate day() {
        return dayOf(instant, zone);
    }

    /** Moments that are likely to reveal errors: around the change, around the starts of days near it, and between. */
    public List<Instant> moments() {
        List<Instant> edges = new ArrayList<>(List.of(instant));
        for (int day = -2; day <= 3; day++) {
            edges.add(startOf(day().plusDays(day), zone));
        }
        List<Instant> moments = new ArrayList<>();
        for (Instant edge : edges) {
            for (long minutes : new long[] {-75, -60, -30, 0, 1, 29, 45, 60, 61, 350}) {
                moments.add(edge.plusSeconds(minutes * 60));
            }
            moments.add(edge.minusMillis(1));
        }
        return moments;
    }

    @Override
    public String toString() {
        return zone + " at " + instant;
    }
}
