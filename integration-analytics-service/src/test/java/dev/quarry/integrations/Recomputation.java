package dev.quarry.integrations;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The envelope worked out in plain Java from a list of invocations, by the definitions in the README and with nothing
 * of the service.
 */
final class Recomputation {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Invocation> invocations;
    private final String granularity;
    private final ZoneId zone;
    private final LocalDate start;
    private final LocalDate end;
    private final boolean againstTheYearBefore;

    /** @param invocations all of the tenant that pass the filters, each once */
    Recomputation(List<Invocation> invocations, String granularity, ZoneId zone, LocalDate start, LocalDate end) {
        this(invocations, granularity, zone, start, end, false);
    }

    private Recomputation(
            List<Invocation> invocations,
            String granularity,
            ZoneId zone,
            LocalDate start,
            LocalDate end,
            boolean againstTheYearBefore) {
        this.invocations = List.copyOf(invocations);
        this.granularity = granularity;
        this.zone = zone;
        this.start = start;
        this.end = end;
        this.againstTheYearBefore = againstTheYearBefore;
    }

    /** The same question, with a summary that compares with the year before. */
    Recomputation againstTheYearBefore() {
        return new Recomputation(invocations, granularity, zone, start, end, true);
    }

    /** The same question about as many days, a year earlier. */
    Recomputation ofTheYearBefore() {
        LocalDate first = start.minusYears(1);
        LocalDate last = first.plusDays(ChronoUnit.DAYS.between(start, end));
        return new Recomputation(invocations, granularity, zone, first, last);
    }

    /** The same question about the same days of earlier weeks. */
    Recomputation ofWeeksBefore(int weeks) {
        return new Recomputation(invocations, granularity, zone, start.minusWeeks(weeks), end.minusWeeks(weeks));
    }

    /** As indented JSON. */
    String envelope() {
        List<Invocation> current = between(start, end.plusDays(1));
        Map<String, Object> envelope = new LinkedHashMap<>();
        envelope.put("summary", summary());
        envelope.put("usage", series(current, Recomputation::usage));
        envelope.put("success_rate", series(current, Recomputation::successRate));
        envelope.put("latency", series(current, Recomputation::latency));
        envelope.put("by_integration", groups(current, "integration_key", Invocation::integration));
        envelope.put("by_mode", groups(current, "mode", Invocation::mode));
        envelope.put("error_breakdown", errors(current));
        return JSON.valueToTree(envelope).toPrettyString();
    }

    private List<Object> summary() {
        long missing = start.datesUntil(end.plusDays(1)).filter(this::exists).count();
        LocalDate before = start;
        while (missing > 0) {
            before = before.minusDays(1);
            missing -= exists(before) ? 1 : 0;
        }
        List<Invocation> current = between(start, end.plusDays(1));
        List<Invocation> previous = againstTheYearBefore
                ? between(start.minusYears(1), start.minusYears(1).plusDays(ChronoUnit.DAYS.between(start, end) + 1))
                : between(before, start);
        if (current.isEmpty() && previous.isEmpty()) {
            return List.of();
        }
        Map<String, Object> row = new LinkedHashMap<>();
        compare(row, "invocations", count(current), count(previous));
        compare(row, "failures", count(failed(current)), count(failed(previous)));
        compare(row, "success_rate_pct", rate(current), rate(previous));
        compare(row, "avg_latency_ms", average(current), average(previous));
        compare(row, "p95_latency_ms", percentile(current, 95), percentile(previous, 95));
        return List.of(row);
    }

    private static void compare(Map<String, Object> row, String name, Number current, Number previous) {
        boolean counts = current instanceof Long;
        row.put("current_" + name, counts ? current : rounded(current));
        row.put("previous_" + name, counts ? previous : rounded(previous));
        boolean comparable = current != null && previous != null && previous.doubleValue() != 0;
        row.put(
                "pct_change_" + name,
                comparable
                        ? rounded(exact(current)
                                .subtract(exact(previous))
                                .movePointRight(2)
                                .divide(exact(previous), 30, RoundingMode.HALF_EVEN))
                        : null);
    }

    private List<Object> series(List<Invocation> current, Function<List<Invocation>, Map<String, Object>> values) {
        Map<Instant, List<Invocation>> buckets = new TreeMap<>();
        for (Instant bucket = bucketOf(instant(start));
                bucket.isBefore(instant(end.plusDays(1)));
                bucket = after(bucket)) {
            buckets.put(bucket, new ArrayList<>());
        }
        current.forEach(invocation -> buckets.get(bucketOf(invocation.time())).add(invocation));
        List<Object> rows = new ArrayList<>();
        buckets.forEach((bucket, members) -> {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("time_bucket", bucket.toString());
            row.put("invocations", count(members));
            row.putAll(values.apply(members));
            rows.add(row);
        });
        return rows;
    }

    private static Map<String, Object> usage(List<Invocation> members) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("successful", count(members) - count(failed(members)));
        row.put("vendor_errors", outcome(members, "vendor_error"));
        row.put("exceptions", outcome(members, "exception"));
        return row;
    }

    private static Map<String, Object> successRate(List<Invocation> members) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("successful", count(members) - count(failed(members)));
        row.put("success_rate_pct", orZero(rate(members)));
        return row;
    }

    private static Map<String, Object> latency(List<Invocation> members) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int percent : List.of(50, 90, 95, 99)) {
            row.put("p" + percent + "_ms", orZero(percentile(members, percent)));
        }
        row.put("avg_ms", orZero(average(members)));
        row.put("max_ms", orZero(percentile(members, 100)));
        return row;
    }

    private static List<Object> groups(List<Invocation> current, String keyName, Function<Invocation, String> key) {
        return busiestFirst(current, key).stream()
                .<Object>map(group -> {
                    Map<String, Object> row = new LinkedHashMap<>();
                    row.put(keyName, group.getKey());
                    row.put("invocations", count(group.getValue()));
                    row.putAll(usage(group.getValue()));
                    row.put("success_rate_pct", rounded(rate(group.getValue())));
                    row.put("p95_latency_ms", rounded(percentile(group.getValue(), 95)));
                    return row;
                })
                .toList();
    }

    private static List<Object> errors(List<Invocation> current) {
        List<Invocation> failed = failed(current);
        return busiestFirst(failed, Invocation::errorCategory).stream()
                .<Object>map(group -> {
                    Map<String, Object> row = new LinkedHashMap<>();
                    row.put("error_category", group.getKey());
                    row.put("count", count(group.getValue()));
                    row.put("share_pct", rounded(ratio(count(group.getValue()) * 100, count(failed))));
                    return row;
                })
                .toList();
    }

    private static List<Map.Entry<String, List<Invocation>>> busiestFirst(
            List<Invocation> members, Function<Invocation, String> key) {
        Map<String, List<Invocation>> groups = members.stream().collect(Collectors.groupingBy(key));
        return groups.entrySet().stream()
                .sorted(Comparator.<Map.Entry<String, List<Invocation>>>comparingInt(
                                group -> -group.getValue().size())
                        .thenComparing(Map.Entry::getKey))
                .toList();
    }

    private List<Invocation> between(LocalDate from, LocalDate until) {
        Instant first = instant(from);
        Instant end = instant(until);
        return invocations.stream()
                .filter(invocation ->
                        !invocation.time().isBefore(first) && invocation.time().isBefore(end))
                .toList();
    }

    private Instant instant(LocalDate day) {
        return day.atStartOfDay(zone).toInstant();
    }

    /** Whether the zone has the day. */
    private boolean exists(LocalDate day) {
        return instant(day).isBefore(instant(day.plusDays(1)));
    }

    /** The day that began last. Where the clock goes back across midnight, the clock shows an older date. */
    private LocalDate dayOf(Instant time) {
        LocalDate day = time.atZone(zone).toLocalDate();
        while (!instant(day.plusDays(1)).isAfter(time)) {
            day = day.plusDays(1);
        }
        return day;
    }

    private Instant bucketOf(Instant time) {
        LocalDate date = dayOf(time);
        Instant day = instant(date);
        return switch (granularity) {
            // By elapsed time since the start of the day: an hour that the clock shows twice is two.
            case "minute" -> day.plus(ChronoUnit.MINUTES.between(day, time), ChronoUnit.MINUTES);
            case "hour" -> day.plus(ChronoUnit.HOURS.between(day, time), ChronoUnit.HOURS);
            case "day" -> day;
            default -> instant(date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)));
        };
    }

    private Instant after(Instant bucket) {
        LocalDate day = dayOf(bucket);
        Instant tomorrow = instant(day.plusDays(1));
        return switch (granularity) {
            case "minute" -> earlier(bucket.plus(1, ChronoUnit.MINUTES), tomorrow);
            case "hour" -> earlier(bucket.plus(1, ChronoUnit.HOURS), tomorrow);
            case "day" -> tomorrow;
            default -> instant(day.with(TemporalAdjusters.next(DayOfWeek.MONDAY)));
        };
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static List<Invocation> failed(List<Invocation> members) {
        return members.stream().filter(invocation -> !invocation.isSuccessful()).toList();
    }

    private static long count(List<Invocation> members) {
        return members.size();
    }

    private static long outcome(List<Invocation> members, String outcome) {
        return members.stream()
                .filter(invocation -> invocation.outcome().equals(outcome))
                .count();
    }

    private static BigDecimal rate(List<Invocation> members) {
        return ratio((count(members) - count(failed(members))) * 100, count(members));
    }

    private static BigDecimal average(List<Invocation> members) {
        return ratio(members.stream().mapToLong(Invocation::latency).sum(), count(members));
    }

    /** Nearest rank: the smallest latency that at least this percentage of the invocations do not exceed. */
    private static BigDecimal percentile(List<Invocation> members, long percent) {
        if (members.isEmpty()) {
            return null;
        }
        long[] sorted = members.stream().mapToLong(Invocation::latency).sorted().toArray();
        return BigDecimal.valueOf(sorted[Math.toIntExact(Math.ceilDiv(percent * sorted.length, 100L)) - 1]);
    }

    private static BigDecimal ratio(long part, long whole) {
        return whole == 0
                ? null
                : BigDecimal.valueOf(part).divide(BigDecimal.valueOf(whole), 40, RoundingMode.HALF_EVEN);
    }

    private static BigDecimal exact(Number number) {
        return number instanceof BigDecimal decimal ? decimal : BigDecimal.valueOf(number.longValue());
    }

    private static Double orZero(BigDecimal number) {
        return number == null ? 0.0 : rounded(number);
    }

    private static Double rounded(Number number) {
        return number == null
                ? null
                : exact(number).setScale(2, RoundingMode.HALF_UP).doubleValue();
    }
}
