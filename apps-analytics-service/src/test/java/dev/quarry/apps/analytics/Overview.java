package dev.quarry.apps.analytics;

import dev.quarry.testing.ClockChange;
import io.restassured.path.json.JsonPath;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** What the overview should say, worked out from the events as plainly as can be. */
record Overview(
        long totalErrors,
        Map<String, Long> errorsOverTime,
        Map<String, List<Number>> vitals,
        List<String> recentErrors,
        long totalEvents,
        long totalPageviews) {

    /** An event of any of the three kinds; {@code name} is its error type, metric name or event type. */
    record Event(Kind kind, UUID id, Instant timestamp, String name, double value) {}

    enum Kind {
        ERROR,
        VITAL,
        EVENT
    }

    static Overview of(Collection<Event> delivered, Instant now, int hours, ZoneId zone) {
        return of(delivered, now.minus(Duration.ofHours(hours)), now, hours, zone);
    }

    /** @param hours decides the length of the buckets */
    static Overview of(Collection<Event> delivered, Instant start, Instant end, int hours, ZoneId zone) {
        Map<UUID, Event> distinct = new LinkedHashMap<>();
        delivered.stream()
                .filter(event ->
                        !event.timestamp().isBefore(start) && event.timestamp().isBefore(end))
                .forEach(event -> distinct.put(event.id(), event));
        List<Event> errors = of(Kind.ERROR, distinct);
        List<Event> events = of(Kind.EVENT, distinct);
        Map<String, Long> buckets = new TreeMap<>();
        for (Instant bucket : buckets(start, end, hours, zone)) {
            buckets.put(bucket.toString(), 0L);
        }
        List<Instant> starts = buckets.keySet().stream().map(Instant::parse).toList();
        for (Event error : errors) {
            Instant bucket = starts.stream()
                    .filter(candidate -> !candidate.isAfter(error.timestamp()))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
            buckets.merge(bucket.toString(), 1L, Long::sum);
        }
        return new Overview(
                errors.size(),
                buckets,
                percentiles(of(Kind.VITAL, distinct)),
                errors.stream()
                        .map(Event::timestamp)
                        .sorted(Comparator.reverseOrder())
                        .limit(20)
                        .map(DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX")
                                .withZone(ZoneId.of("UTC"))::format)
                        .toList(),
                events.size(),
                events.stream().filter(event -> !event.name().equals("click")).count());
    }

    /** What an answer says; read its numbers as doubles. */
    static Overview in(JsonPath answer) {
        Map<String, Long> buckets = new TreeMap<>();
        answer.<Map<String, Object>>getList("errors_over_time")
                .forEach(bucket ->
                        buckets.put((String) bucket.get("timestamp"), ((Number) bucket.get("count")).longValue()));
        return new Overview(
                answer.getLong("total_errors"),
                buckets,
                vitals(answer.getList("vitals")),
                answer.getList("recent_errors.timestamp"),
                answer.getLong("total_events"),
                answer.getLong("total_pageviews"));
    }

    /** Percentiles and number of samples by metric. */
    static Map<String, List<Number>> vitals(List<Map<String, Object>> told) {
        Map<String, List<Number>> vitals = new TreeMap<>();
        told.forEach(vital -> vitals.put(
                (String) vital.get("metric_name"),
                List.of(
                        ((Number) vital.get("p50")).doubleValue(),
                        ((Number) vital.get("p75")).doubleValue(),
                        ((Number) vital.get("p95")).doubleValue(),
                        (Integer) vital.get("sample_count"))));
        return vitals;
    }

    private static List<Event> of(Kind kind, Map<UUID, Event> events) {
        return events.values().stream().filter(event -> event.kind() == kind).toList();
    }

    /** Walks through time in steps of five minutes: a bucket begins where the clock first shows a later label. */
    private static List<Instant> buckets(Instant start, Instant end, int hours, ZoneId zone) {
        List<Instant> buckets = new ArrayList<>();
        String last = "";
        Instant step = start.truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(2));
        for (; step.isBefore(end); step = step.plus(Duration.ofMinutes(5))) {
            String label = label(step, hours, zone);
            if (label.compareTo(last) > 0) {
                buckets.add(step);
                last = label;
            }
        }
        Instant first = buckets.stream()
                .filter(bucket -> !bucket.isAfter(start))
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return buckets.stream().filter(bucket -> !bucket.isBefore(first)).toList();
    }

    private static String label(Instant instant, int hours, ZoneId zone) {
        if (hours <= 6) {
            return instant.toString();
        }
        LocalDate day = ClockChange.dayOf(instant, zone);
        if (hours <= 48) {
            long elapsed = ChronoUnit.HOURS.between(ClockChange.startOf(day, zone), instant);
            return "%s %02d".formatted(day, elapsed);
        }
        ZonedDateTime local = instant.atZone(zone);
        return hours <= 168 ? "%s %02d".formatted(local.toLocalDate(), local.getHour() / 6 * 6) : day.toString();
    }

    /** Percentiles and number of samples by metric, from all samples. */
    static Map<String, List<Number>> percentiles(List<Event> vitals) {
        Map<String, List<Double>> values = vitals.stream()
                .collect(Collectors.groupingBy(
                        Event::name, TreeMap::new, Collectors.mapping(Event::value, Collectors.toList())));
        Map<String, List<Number>> summaries = new TreeMap<>();
        values.forEach((metric, samples) -> {
            List<Double> ascending = samples.stream().sorted().toList();
            summaries.put(
                    metric,
                    List.of(
                            nearestRank(ascending, 50),
                            nearestRank(ascending, 75),
                            nearestRank(ascending, 95),
                            ascending.size()));
        });
        return summaries;
    }

    /** Of the summaries by metric, those with the most samples; ties by name. */
    static Map<String, List<Number>> largest(int most, Map<String, List<Number>> summaries) {
        Map<String, List<Number>> largest = new TreeMap<>();
        summaries.entrySet().stream()
                .sorted(Comparator.<Map.Entry<String, List<Number>>>comparingInt(
                                metric -> -metric.getValue().getLast().intValue())
                        .thenComparing(Map.Entry::getKey))
                .limit(most)
                .forEach(metric -> largest.put(metric.getKey(), metric.getValue()));
        return largest;
    }

    /** The smallest value that at least {@code percent} of all values do not exceed. */
    private static double nearestRank(List<Double> ascending, int percent) {
        for (int i = 0; i < ascending.size(); i++) {
            if ((i + 1) * 100L >= (long) percent * ascending.size()) {
                return ascending.get(i);
            }
        }
        throw new AssertionError();
    }
}
