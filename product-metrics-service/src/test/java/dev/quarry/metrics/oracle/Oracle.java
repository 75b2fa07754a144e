package dev.quarry.metrics.oracle;

import dev.quarry.testing.ClockChange;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Every answer computed once more, from the events themselves and as plainly as it can be said. It shares nothing with the
 * service but the meaning of the words.
 */
final class Oracle {
    private static final Duration GAP = Duration.ofMinutes(30);
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final Comparator<Use> ORDER =
            Comparator.comparing(Use::time).thenComparing(use -> use.id().toString());

    /** @param first of events at the same time, the one with the smallest id */
    private record Session(Instant start, Instant end, Set<String> features, Use first) {}

    private final ZoneId zone;
    private final List<Use> uses;
    private final Map<LocalDate, List<Use>> usesByDay;
    /** By the day of their start. */
    private final Map<LocalDate, List<Session>> sessionsByDay;

    private final Map<LocalDate, Set<String>> activeByDay = new HashMap<>();
    private final Map<LocalDate, Set<String>> anyUseByDay = new HashMap<>();
    private final Map<String, LocalDate> firstDay = new HashMap<>();

    Oracle(Collection<Use> uses, ZoneId zone) {
        this(uses, zone, use -> true);
    }

    private Oracle(Collection<Use> uses, ZoneId zone, Predicate<Use> wanted) {
        this.zone = zone;
        this.uses = List.copyOf(uses);
        this.usesByDay = uses.stream().filter(wanted).collect(Collectors.groupingBy(use -> day(use.time())));
        this.sessionsByDay = sessions(uses).stream()
                .filter(session -> wanted.test(session.first()))
                .collect(Collectors.groupingBy(session -> day(session.start())));
        Map<String, Use> first = new HashMap<>();
        for (Use use : uses) {
            if (!use.user().isEmpty()) {
                LocalDate day = day(use.time());
                anyUseByDay.computeIfAbsent(day, some -> new HashSet<>()).add(use.user());
                if (wanted.test(use)) {
                    activeByDay.computeIfAbsent(day, some -> new HashSet<>()).add(use.user());
                }
                first.merge(use.user(), use, (a, b) -> ORDER.compare(a, b) < 0 ? a : b);
            }
        }
        first.forEach((user, use) -> {
            if (wanted.test(use)) {
                firstDay.put(user, day(use.time()));
            }
        });
    }

    /**
     * Only some uses count; sessions and new users only if their first use does. A return may be any use.
     */
    Oracle only(Predicate<Use> wanted) {
        return new Oracle(uses, zone, wanted);
    }

    List<String> values(Predicate<Use> wanted, int dimension) {
        return uses.stream()
                .filter(wanted)
                .map(use -> use.dimensions().get(dimension))
                .distinct()
                .sorted()
                .toList();
    }

    /** Distinct users in the newest days, and in the days that a span reaches back. */
    long users(LocalDate from, LocalDate to, int limit, int span) {
        List<LocalDate> days = newest(days(from, to), limit);
        LocalDate first = days.getFirst().minusDays(span - 1L);
        return activeByDay.entrySet().stream()
                .filter(day -> !day.getKey().isBefore(first) && !day.getKey().isAfter(to))
                .flatMap(day -> day.getValue().stream())
                .distinct()
                .count();
    }

    List<String> activeUsers(LocalDate from, LocalDate to, int limit, int span) {
        return series(newest(days(from, to), limit), day -> {
            Set<String> active = new HashSet<>();
            for (int back = 0; back < span; back++) {
                active.addAll(activeByDay.getOrDefault(day.minusDays(back), Set.of()));
            }
            return BigDecimal.valueOf(active.size());
        });
    }

    private static Function<LocalDate, LocalDate> period(String granularity, DayOfWeek weekStart) {
        return day -> switch (granularity) {
            case "week" -> day.with(TemporalAdjusters.previousOrSame(weekStart));
            case "month" -> day.withDayOfMonth(1);
            default -> day;
        };
    }

    List<String> newUsers(LocalDate from, LocalDate to, int limit, String granularity, DayOfWeek weekStart) {
        Function<LocalDate, LocalDate> period = period(granularity, weekStart);
        List<LocalDate> periods = days(from, to).stream().map(period).distinct().toList();
        return series(
                newest(periods, limit),
                label -> count(firstDay.values().stream()
                        .filter(day -> !day.isBefore(from) && !day.isAfter(to))
                        .filter(day -> period.apply(day).equals(label))));
    }

    List<String> retention(LocalDate from, LocalDate to, int limit, int days, boolean orAfter, LocalDate today) {
        List<String> lines = new ArrayList<>();
        List<LocalDate> over = days(from, to).stream()
                .filter(day -> day.plusDays(days).isBefore(today))
                .toList();
        for (LocalDate day : newest(over, limit)) {
            List<String> cohort = firstDay.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(day))
                    .map(Map.Entry::getKey)
                    .toList();
            long retained = cohort.stream()
                    .filter(user -> anyUseByDay.entrySet().stream()
                            .filter(entry -> orAfter
                                    ? !entry.getKey().isBefore(day.plusDays(days))
                                    : entry.getKey().equals(day.plusDays(days)))
                            .anyMatch(entry -> entry.getValue().contains(user)))
                    .count();
            lines.add(day + " " + retained + " " + cohort.size());
        }
        return lines;
    }

    /** Each user's first and later uses, told by the weeks or months that they fall in. */
    List<String> retentionOfPeriods(
            LocalDate from,
            LocalDate to,
            int limit,
            int count,
            boolean orAfter,
            LocalDate today,
            String unit,
            DayOfWeek weekStart) {
        Function<LocalDate, LocalDate> period = period(unit, weekStart);
        List<String> lines = new ArrayList<>();
        List<LocalDate> cohorts = days(from, to).stream().map(period).distinct().toList();
        for (LocalDate cohort : newest(
                cohorts.stream()
                        .filter(each -> !later(each, count + 1, unit).isAfter(today))
                        .toList(),
                limit)) {
            LocalDate back = later(cohort, count, unit);
            List<String> users = firstDay.entrySet().stream()
                    .filter(entry -> !entry.getValue().isBefore(from)
                            && !entry.getValue().isAfter(to)
                            && period.apply(entry.getValue()).equals(cohort))
                    .map(Map.Entry::getKey)
                    .toList();
            long retained = users.stream()
                    .filter(user -> anyUseByDay.entrySet().stream()
                            .filter(day -> day.getValue().contains(user))
                            .map(day -> period.apply(day.getKey()))
                            .anyMatch(day -> orAfter ? !day.isBefore(back) : day.equals(back)))
                    .count();
            lines.add(cohort + " " + retained + " " + users.size());
        }
        return lines;
    }

    private static LocalDate later(LocalDate period, int count, String unit) {
        return unit.equals("week") ? period.plusDays(7L * count) : period.plusMonths(count);
    }

    List<String> toolCalls(LocalDate from, LocalDate to, int limit) {
        return series(newest(days(from, to), limit), day -> BigDecimal.valueOf(toolCallsOn(day)));
    }

    List<String> toolCallsPerUser(LocalDate from, LocalDate to, int limit) {
        return series(
                newest(days(from, to), limit),
                day -> rounded(
                        BigDecimal.valueOf(toolCallsOn(day)),
                        activeByDay.getOrDefault(day, Set.of()).size()));
    }

    List<String> dailySessions(LocalDate from, LocalDate to, int limit) {
        return series(newest(days(from, to), limit), day -> count(started(day).stream()));
    }

    List<String> sessionLength(LocalDate from, LocalDate to, int limit) {
        return series(newest(days(from, to), limit), day -> {
            List<Session> started = started(day);
            long millis = started.stream()
                    .mapToLong(session ->
                            Duration.between(session.start(), session.end()).toMillis())
                    .sum();
            return rounded(BigDecimal.valueOf(millis).movePointLeft(3), started.size());
        });
    }

    /** The least length that {@code percent} of the sessions do not exceed. */
    List<String> sessionLengthPercentile(LocalDate from, LocalDate to, int limit, int percent) {
        return series(newest(days(from, to), limit), day -> {
            List<Long> lengths = started(day).stream()
                    .map(session ->
                            Duration.between(session.start(), session.end()).toMillis())
                    .sorted()
                    .toList();
            return lengths.stream()
                    .filter(length -> 100
                                    * lengths.stream()
                                            .filter(other -> other <= length)
                                            .count()
                            >= (long) percent * lengths.size())
                    .findFirst()
                    .map(length -> rounded(BigDecimal.valueOf(length).movePointLeft(3), 1))
                    .orElse(BigDecimal.ZERO);
        });
    }

    List<String> featureAdoption(LocalDate from, LocalDate to, int limit) {
        List<Session> started =
                days(from, to).stream().flatMap(day -> started(day).stream()).toList();
        Map<String, Integer> used = new TreeMap<>();
        started.forEach(session -> session.features().forEach(feature -> used.merge(feature, 1, Integer::sum)));
        return used.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(limit)
                .map(entry -> "%s %d %d %s"
                        .formatted(
                                entry.getKey(),
                                entry.getValue(),
                                started.size(),
                                plain(rounded(BigDecimal.valueOf(100L * entry.getValue()), started.size()))))
                .toList();
    }

    String powerUsers(LocalDate from, LocalDate to, int threshold) {
        Set<String> active = new HashSet<>();
        Map<String, Integer> calls = new HashMap<>();
        for (LocalDate day : days(from, to)) {
            for (Use use : usesByDay.getOrDefault(day, List.of())) {
                if (!use.user().isEmpty()) {
                    active.add(use.user());
                    calls.merge(use.user(), use.toolCall() ? 1 : 0, Integer::sum);
                }
            }
        }
        long power = calls.values().stream().filter(count -> count >= threshold).count();
        return "%d %d %s"
                .formatted(active.size(), power, plain(rounded(BigDecimal.valueOf(100 * power), active.size())));
    }

    List<String> usersBy(String dimension) {
        return usersBy(dimension, LocalDate.MIN);
    }

    /** Users whose newest use is of {@code first} or later. */
    List<String> usersBy(String dimension, LocalDate first) {
        int index = Use.DIMENSIONS.indexOf(dimension);
        Map<String, String> values = new HashMap<>();
        Set<String> counted = new HashSet<>();
        uses.stream().filter(use -> !use.user().isEmpty()).sorted(ORDER).forEach(use -> {
            String value = use.dimensions().get(index);
            if (!value.isEmpty()) {
                values.put(use.user(), value);
            }
            if (!day(use.time()).isBefore(first)) {
                counted.add(use.user());
            }
        });
        Map<String, Long> groups = counted.stream()
                .collect(Collectors.groupingBy(
                        user -> values.getOrDefault(user, ""), TreeMap::new, Collectors.counting()));
        return groups.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .toList();
    }

    static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }

    private LocalDate day(Instant instant) {
        return ClockChange.dayOf(instant, zone);
    }

    private List<Session> started(LocalDate day) {
        return sessionsByDay.getOrDefault(day, List.of());
    }

    private long toolCallsOn(LocalDate day) {
        return usesByDay.getOrDefault(day, List.of()).stream()
                .filter(Use::toolCall)
                .count();
    }

    private static List<Session> sessions(Collection<Use> uses) {
        Map<String, List<Use>> named = new HashMap<>();
        Map<String, List<Use>> unnamed = new HashMap<>();
        for (Use use : uses) {
            if (!use.session().isEmpty()) {
                named.computeIfAbsent(use.session(), session -> new ArrayList<>())
                        .add(use);
            } else if (!use.user().isEmpty()) {
                unnamed.computeIfAbsent(use.user(), user -> new ArrayList<>()).add(use);
            }
        }
        List<Session> sessions = new ArrayList<>();
        named.values().forEach(ofSession -> sessions.addAll(cut(ofSession, ChronoUnit.FOREVER.getDuration())));
        unnamed.values().forEach(ofUser -> sessions.addAll(cut(ofUser, GAP)));
        return sessions;
    }

    private static List<Session> cut(List<Use> uses, Duration longestPause) {
        List<Session> sessions = new ArrayList<>();
        List<Use> current = new ArrayList<>();
        for (Use use : uses.stream().sorted(Comparator.comparing(Use::time)).toList()) {
            if (!current.isEmpty()
                    && (between(current.getLast(), use).compareTo(longestPause) > 0
                            || between(current.getFirst(), use).compareTo(LONGEST) >= 0)) {
                sessions.add(session(current));
                current = new ArrayList<>();
            }
            current.add(use);
        }
        sessions.add(session(current));
        return sessions;
    }

    private static Duration between(Use earlier, Use later) {
        return Duration.between(earlier.time(), later.time());
    }

    private static Session session(List<Use> uses) {
        Set<String> features = new TreeSet<>();
        Instant start = Instant.MAX;
        Instant end = Instant.MIN;
        for (Use use : uses) {
            start = use.time().isBefore(start) ? use.time() : start;
            end = use.time().isAfter(end) ? use.time() : end;
            if (!use.feature().isEmpty()) {
                features.add(use.feature());
            }
        }
        return new Session(start, end, features, uses.stream().min(ORDER).orElseThrow());
    }

    private List<LocalDate> days(LocalDate from, LocalDate to) {
        return LongStream.rangeClosed(from.toEpochDay(), to.toEpochDay())
                .mapToObj(LocalDate::ofEpochDay)
                .filter(day -> ClockChange.exists(day, zone))
                .toList();
    }

    private static List<LocalDate> newest(List<LocalDate> periods, int limit) {
        return periods.subList(Math.max(0, periods.size() - limit), periods.size());
    }

    private static List<String> series(List<LocalDate> periods, Function<LocalDate, BigDecimal> value) {
        return periods.stream()
                .map(period -> period + " " + plain(value.apply(period)))
                .toList();
    }

    private static BigDecimal count(java.util.stream.Stream<?> stream) {
        return BigDecimal.valueOf(stream.count());
    }

    private static BigDecimal rounded(BigDecimal dividend, long divisor) {
        return divisor == 0 ? BigDecimal.ZERO : dividend.divide(BigDecimal.valueOf(divisor), 2, RoundingMode.HALF_UP);
    }
}
