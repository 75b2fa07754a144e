package dev.quarry.integrations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quarry.caller.Permissions;
import dev.quarry.schema.Eraser;
import dev.quarry.schema.Erasure;
import dev.quarry.schema.Erasure.Before;
import dev.quarry.schema.Erasure.Everything;
import dev.quarry.testing.Contract;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random invocations, delivered twice, late and corrected: every envelope equals a recomputation, from the roll-ups as
 * from bronze, and its panels agree.
 */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class RecomputationTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Contract CONTRACT = Contract.ofResource("/contract/feather.json");
    private static final List<String> INTEGRATIONS = List.of("salesforce", "hubspot", "stripe", "a,\"b\"", "");
    private static final List<String> MODES = List.of("vendor_api", "feather_mcp_client");
    /** The name of the panel in the envelope, by its path. */
    private static final Map<String, String> COMPARABLE = Map.of(
            "usage", "usage",
            "success-rate", "success_rate",
            "latency", "latency",
            "by-integration", "by_integration",
            "by-mode", "by_mode",
            "error-breakdown", "error_breakdown");

    private static final Set<String> SERIES = Set.of("usage", "success_rate", "latency");

    private static final List<String> CATEGORIES = List.of("rate_limited", "timeout", "auth", "");
    private static final List<String> ZONES =
            List.of("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe");

    /** 29 March 2026 is a day of 23 hours in Berlin; a leap day is near in the other. */
    @ParameterizedTest
    @ValueSource(strings = {"2026-03-23", "2024-02-26"})
    void dashboardsEqualTheirRecomputation(LocalDate first) {
        Random random = new Random(first.toEpochDay());
        TestCaller caller = TestCaller.create(Permissions.INTEGRATIONS_READ);
        Map<String, Invocation> truth = new LinkedHashMap<>();
        for (int round = 0; round < 3; round++) {
            List<Invocation> batch = batch(random, truth, first);
            batch.forEach(invocation -> truth.put(invocation.id(), invocation));
            Deliveries.insert(caller, batch);
            List<Invocation> again = new ArrayList<>(batch.subList(0, batch.size() / 3));
            Collections.shuffle(again, random);
            Deliveries.deliver(caller, again);

            for (int question = 0; question < 12; question++) {
                ask(random, caller, List.copyOf(truth.values()), first);
            }
        }
    }

    @Test
    void groupWithoutInvocationsDisappears() {
        TestCaller caller = TestCaller.create(Permissions.INTEGRATIONS_READ);
        Invocation wrong = Invocation.failure("1", "2026-02-20T13:00:00Z", "hubspot", "exception", "timeout");
        Invocation right = Invocation.success("1", "2026-02-20T13:00:00Z", "stripe", 70);
        LocalDate day = LocalDate.of(2026, 2, 20);

        Deliveries.deliver(caller, wrong);
        Deliveries.deliver(caller, right);

        for (String granularity : List.of("hour", "day", "week", "minute")) {
            assertSame(
                    new Recomputation(List.of(right), granularity, ZoneId.of("UTC"), day, day),
                    envelope(caller.withApiKey()
                            .queryParam("start_date", "2026-02-20")
                            .queryParam("end_date", "2026-02-20")
                            .queryParam("granularity", granularity)),
                    granularity);
        }
    }

    @Test
    void dashboardsOmitErasedInvocations() {
        Random random = new Random(3);
        LocalDate first = LocalDate.of(2026, 3, 23);
        LocalDate border = first.plusDays(5);
        Instant start = border.atStartOfDay(ZoneId.of("UTC")).toInstant();
        TestCaller caller = TestCaller.create(Permissions.INTEGRATIONS_READ);
        List<Invocation> truth = batch(random, Map.of(), first);
        Deliveries.deliver(caller, truth);

        for (Erasure.Subject subject : List.of(new Before(border), new Everything())) {
            try (Eraser eraser = Stores.eraser(caller.organization(), subject)) {
                eraser.delete();
                Deliveries.run();
                assertEquals(0, eraser.rebuilding());
                eraser.finish();
                Rollups.readProgress();
            }
            truth.removeIf(invocation ->
                    subject instanceof Everything || invocation.time().isBefore(start));
            for (int question = 0; question < 12; question++) {
                ask(random, caller, truth, first);
            }
        }
        assertEquals(List.of(), truth);
    }

    /** New invocations, and corrections of ones that were delivered earlier, each at most once a batch. */
    private static List<Invocation> batch(Random random, Map<String, Invocation> known, LocalDate first) {
        List<Invocation> earlier = new ArrayList<>(known.values());
        Collections.shuffle(earlier, random);
        List<Invocation> batch = new ArrayList<>();
        for (Invocation wrong : earlier.subList(0, earlier.size() / 10)) {
            batch.add(invocation(random, wrong.id(), wrong.time()));
        }
        Instant start = first.atStartOfDay(ZoneId.of("UTC")).toInstant();
        Instant yearBefore = first.minusYears(1).atStartOfDay(ZoneId.of("UTC")).toInstant();
        for (int i = 0; i < 400; i++) {
            long millis = random.nextLong(Duration.ofDays(12).toMillis());
            Instant origin = random.nextInt(3) == 0 ? yearBefore : start;
            batch.add(invocation(random, first + "-" + known.size() + "-" + i, origin.plusMillis(millis)));
        }
        return batch;
    }

    private static Invocation invocation(Random random, String id, Instant time) {
        String integration = INTEGRATIONS.get(random.nextInt(1 + random.nextInt(INTEGRATIONS.size())));
        String outcome = List.of("success", "success", "success", "vendor_error", "exception")
                .get(random.nextInt(5));
        return new Invocation(
                id,
                time,
                integration,
                "tool_" + random.nextInt(3),
                MODES.get(random.nextInt(MODES.size())),
                outcome,
                outcome.equals("success") ? "" : CATEGORIES.get(random.nextInt(CATEGORIES.size())),
                random.nextInt(20) == 0 ? random.nextLong(1L << 32) : random.nextInt(500));
    }

    private static void ask(Random random, TestCaller caller, List<Invocation> truth, LocalDate first) {
        LocalDate start = first.plusDays(random.nextInt(12));
        LocalDate end = start.plusDays(random.nextInt(7));
        String granularity = List.of("minute", "hour", "day", "week").get(random.nextInt(4));
        if (granularity.equals("minute")) {
            end = start;
        }
        String zone = random.nextBoolean() ? "UTC" : ZONES.get(random.nextInt(ZONES.size()));
        Optional<String> integration = filter(random, INTEGRATIONS, 2);
        Optional<String> mode = filter(random, MODES, 2);
        Optional<String> slug = filter(random, List.of("tool_0", "tool_1", "no such tool"), 5);

        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("start_date", start.toString());
        parameters.put("end_date", end.toString());
        parameters.put("granularity", granularity);
        parameters.put("tz", zone);
        integration.ifPresent(value -> parameters.put("integration_key", value));
        mode.ifPresent(value -> parameters.put("mode", value));
        slug.ifPresent(value -> parameters.put("slug", value));
        List<Invocation> asked = truth.stream()
                .filter(invocation ->
                        integration.map(invocation.integration()::equals).orElse(true)
                                && mode.map(invocation.mode()::equals).orElse(true)
                                && slug.map(invocation.slug()::equals).orElse(true))
                .toList();

        JsonNode envelope = envelope(caller.withApiKey().queryParams(parameters));
        String question = "%s..%s by %s in %s, integration %s, mode %s, slug %s"
                .formatted(start, end, granularity, zone, integration, mode, slug);
        Recomputation expected = new Recomputation(asked, granularity, ZoneId.of(zone), start, end);
        assertSame(expected, envelope, question);
        assertAgree(envelope, question);

        parameters.put("compare", "year");
        assertSame(
                expected.againstTheYearBefore(),
                envelope(caller.withApiKey().queryParams(parameters)),
                question + ", against the year before");
        JsonNode before = json(expected.ofTheYearBefore().envelope());
        boolean byWeek = granularity.equals("week");
        JsonNode seriesBefore = byWeek ? json(expected.ofWeeksBefore(52).envelope()) : before;
        COMPARABLE.forEach((panel, name) -> assertEquals(
                pairs(envelope.get(name), (SERIES.contains(name) ? seriesBefore : before).get(name))
                        .toPrettyString(),
                json(get(caller.withApiKey().queryParams(parameters), panel)).toPrettyString(),
                panel + " beside the year before, " + question));
    }

    /** Rows beside earlier ones: buckets by their place, groups by their name, and then the groups that are gone. */
    private static ArrayNode pairs(JsonNode rows, JsonNode before) {
        ArrayNode pairs = JSON.createArrayNode();
        if (!rows.isEmpty() && rows.get(0).has("time_bucket")) {
            for (int place = 0; place < rows.size(); place++) {
                add(pairs, rows.get(place), before.get(place));
            }
            return pairs;
        }
        Map<JsonNode, JsonNode> earlier = new LinkedHashMap<>();
        before.forEach(row -> earlier.put(row.iterator().next(), row));
        rows.forEach(row -> add(pairs, row, earlier.remove(row.iterator().next())));
        earlier.values().forEach(row -> add(pairs, null, row));
        return pairs;
    }

    private static void add(ArrayNode pairs, JsonNode current, JsonNode previous) {
        pairs.addObject().<ObjectNode>set("current", current).set("previous", previous);
    }

    private static void assertSame(Recomputation expected, JsonNode actual, String question) {
        assertEquals(expected.envelope(), actual.toPrettyString(), question);
    }

    private static Optional<String> filter(Random random, List<String> values, int oneIn) {
        return random.nextInt(oneIn) == 0 ? Optional.of(values.get(random.nextInt(values.size()))) : Optional.empty();
    }

    private static JsonNode envelope(RequestSpecification request) {
        String body = get(request, "dashboard");
        CONTRACT.check("src__analytics__integrations__schemas__DashboardEnvelope", body);
        return json(body);
    }

    private static String get(RequestSpecification request, String panel) {
        return request.get("/v1/analytics/integrations/" + panel)
                .then()
                .statusCode(200)
                .extract()
                .asString();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException notJson) {
            throw new AssertionError(notJson);
        }
    }

    /** What holds of every envelope, whatever the data. */
    static void assertAgree(JsonNode envelope, String question) {
        long total = sum(envelope, "usage", "invocations");
        long failures = sum(envelope, "usage", "vendor_errors") + sum(envelope, "usage", "exceptions");
        for (String panel : List.of("success_rate", "latency", "by_integration", "by_mode")) {
            assertEquals(total, sum(envelope, panel, "invocations"), question + ": " + panel);
        }
        for (String panel : List.of("usage", "by_integration", "by_mode")) {
            for (JsonNode row : envelope.get(panel)) {
                assertEquals(
                        row.get("invocations").asLong(),
                        row.get("successful").asLong()
                                + row.get("vendor_errors").asLong()
                                + row.get("exceptions").asLong(),
                        question + ": " + row);
            }
        }
        assertEquals(failures, sum(envelope, "error_breakdown", "count"), question + ": error_breakdown");
        if (!envelope.get("summary").isEmpty()) {
            JsonNode summary = envelope.get("summary").get(0);
            assertEquals(total, summary.get("current_invocations").asLong(), question);
            assertEquals(failures, summary.get("current_failures").asLong(), question);
        } else {
            assertEquals(0, total, question);
        }
        double shares = 0;
        for (JsonNode row : envelope.get("error_breakdown")) {
            shares += row.get("share_pct").asDouble();
        }
        int categories = envelope.get("error_breakdown").size();
        assertTrue(categories == 0 || Math.abs(shares - 100) <= 0.005 * categories + 1e-9, question + ": " + shares);
        for (JsonNode row : envelope.get("latency")) {
            double last = 0;
            for (String percentile : List.of("p50_ms", "p90_ms", "p95_ms", "p99_ms", "max_ms")) {
                double value = row.get(percentile).asDouble();
                assertTrue(value >= last, question + ": " + row);
                last = value;
            }
            assertTrue(row.get("avg_ms").asDouble() <= last, question + ": " + row);
        }
    }

    private static long sum(JsonNode envelope, String panel, String field) {
        long sum = 0;
        for (JsonNode row : envelope.get(panel)) {
            sum += row.get(field).asLong();
        }
        return sum;
    }
}
