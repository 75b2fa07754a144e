package dev.quarry.apps.analytics;

import dev.quarry.apps.TestApp;
import dev.quarry.apps.analytics.Overview.Event;
import dev.quarry.apps.analytics.Overview.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

/** Makes random events of an app, and sends them. */
final class Events {
    private static final List<String> METRICS = List.of("LCP", "INP", "CLS", "FCP", "TTFB", "FID");

    private Events() {}

    /** More of them the nearer to now, one in ten delivered twice, some later than now or before the longest window. */
    static List<Event> random(Random random, Instant now, int count) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double hoursAgo = Math.pow(random.nextDouble(), 4) * 730 - 1;
            Instant timestamp = now.minusMillis((long) (hoursAgo * 3_600_000));
            UUID id = id(random);
            Event event = switch (random.nextInt(3)) {
                case 0 -> new Event(Kind.ERROR, id, timestamp, "TypeError", 0);
                case 1 -> {
                    String metric = METRICS.get(random.nextInt(METRICS.size()));
                    yield new Event(Kind.VITAL, id, timestamp, metric, sample(random, metric));
                }
                default ->
                    new Event(
                            Kind.EVENT,
                            id,
                            timestamp,
                            List.of("click", "page_view", "pageview").get(random.nextInt(3)),
                            0);
            };
            events.add(event);
            if (random.nextInt(10) == 0) {
                events.add(event);
            }
        }
        return events;
    }

    static UUID id(Random random) {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private static double sample(Random random, String metric) {
        return switch (metric) {
            case "CLS" -> random.nextBoolean() ? 0 : random.nextDouble() / 2;
            case "INP" -> 8 * random.nextInt(60);
            case "FID" -> Math.abs(random.nextGaussian()) * 10;
            default -> Math.exp(6 + random.nextGaussian());
        };
    }

    /** Sends the events of each kind in two batches. */
    static void send(TestApp app, List<Event> events) {
        Map<String, List<Map<String, Object>>> rows = new TreeMap<>();
        for (Event event : events) {
            Map<String, Object> fields =
                    new LinkedHashMap<>(Map.of("event_id", event.id().toString()));
            switch (event.kind()) {
                case ERROR -> fields.putAll(error(event.name()));
                case VITAL -> fields.putAll(Map.of("metric_name", event.name(), "value", event.value()));
                case EVENT -> fields.put("event_type", event.name());
            }
            rows.computeIfAbsent(table(event.kind()), table -> new ArrayList<>())
                    .add(app.row(event.timestamp(), fields));
        }
        rows.forEach((table, all) -> {
            int half = all.size() / 2;
            for (List<Map<String, Object>> batch : Arrays.asList(all.subList(0, half), all.subList(half, all.size()))) {
                app.send(table, batch);
            }
        });
    }

    private static String table(Kind kind) {
        return switch (kind) {
            case ERROR -> "canvas_errors";
            case VITAL -> "canvas_vitals";
            case EVENT -> "canvas_app_events";
        };
    }

    static Map<String, Object> error(String message) {
        return Map.of("error_type", "TypeError", "error_message", message, "url", "/");
    }
}
