package dev.quarry.local;

import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The numbers of the online-retail sample, computed from the recording without Quarry's code. */
final class Recording {
    static final LocalDate FIRST_DAY = LocalDate.of(2010, 12, 1);
    static final LocalDate LAST_DAY = LocalDate.of(2011, 12, 31);

    private Recording() {}

    /** The path of a metric of all days. */
    static String path(String metric) {
        return "/v1/metrics/%s?from=%s&to=%s&limit=1000".formatted(metric, FIRST_DAY, LAST_DAY);
    }

    static SortedMap<LocalDate, Long> dailyUsers() throws IOException {
        return days(column(1));
    }

    static SortedMap<LocalDate, Long> toolCalls() throws IOException {
        return days(column(2));
    }

    /** The numbers of an organisation without events. */
    static SortedMap<LocalDate, Long> nothing() {
        return days(Map.of());
    }

    /** The numbers in an answer. */
    static SortedMap<LocalDate, Long> series(JsonNode answer) {
        var days = new TreeMap<LocalDate, Long>();
        for (JsonNode point : answer.path("data")) {
            days.put(
                    LocalDate.parse(point.path("period").textValue()),
                    point.path("value").longValue());
        }
        return days;
    }

    private static Map<LocalDate, Long> column(int column) throws IOException {
        try (var csv = Recording.class.getResourceAsStream("/expected/online-retail.csv")) {
            return new String(csv.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split(","))
                    .collect(toMap(day -> LocalDate.parse(day[0]), day -> Long.parseLong(day[column])));
        }
    }

    /** Every day, with 0 where there is no event. */
    private static SortedMap<LocalDate, Long> days(Map<LocalDate, Long> known) {
        var days = new TreeMap<LocalDate, Long>();
        FIRST_DAY.datesUntil(LAST_DAY.plusDays(1)).forEach(day -> days.put(day, known.getOrDefault(day, 0L)));
        return days;
    }
}
