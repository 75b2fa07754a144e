package dev.quarry.integrations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.quarry.caller.Permissions;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Three months of real site checks, against what {@code src/test/python/upptime_dashboard.py} makes of them. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class UpptimeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SAMPLE = Path.of("../deploy/local/src/main/resources/samples/upptime_checks.csv.gz");

    @Test
    void numbersEqualARecomputationOutsideJava() throws IOException {
        TestCaller caller = TestCaller.create(Permissions.INTEGRATIONS_READ);
        List<Invocation> checks = checks();
        Deliveries.insert(caller, checks);
        Deliveries.deliver(caller, checks.subList(0, checks.size() / 4));

        JsonNode cases = JSON.readTree(getClass().getResourceAsStream("/upptime/expected.json"));
        for (JsonNode expected : cases) {
            RequestSpecification request = caller.withApiKey();
            expected.get("question")
                    .properties()
                    .forEach(parameter -> request.queryParam(
                            parameter.getKey(), parameter.getValue().asText()));
            String answer = request.get("/v1/analytics/integrations/dashboard").asString();
            assertEquals(
                    expected.get("envelope").toPrettyString(),
                    JSON.readTree(answer).toPrettyString(),
                    expected.get("question").toString());
        }
        for (JsonNode expected : cases) {
            checkTheYearBefore(caller, expected.get("question"), expected.get("envelope"));
        }
    }

    /** A year later, this is what the year before was. Its weeks began on other days. */
    private static void checkTheYearBefore(TestCaller caller, JsonNode question, JsonNode envelope) throws IOException {
        if (question.path("granularity").asText().equals("week")) {
            return;
        }
        ArrayNode previous = JSON.createArrayNode();
        JSON.readTree(ask(caller, question, "usage")).forEach(row -> previous.add(row.get("previous")));
        assertEquals(envelope.get("usage").toPrettyString(), previous.toPrettyString(), question.toString());

        JsonNode then = envelope.path("summary").path(0);
        JsonNode summary = JSON.readTree(ask(caller, question, "summary")).path(0);
        for (String measure :
                List.of("invocations", "failures", "success_rate_pct", "avg_latency_ms", "p95_latency_ms")) {
            if (then.path("current_invocations").asInt() > 0) {
                assertEquals(then.get("current_" + measure), summary.get("previous_" + measure), question + measure);
            } else {
                assertTrue(summary.isMissingNode(), question.toString());
            }
        }
    }

    private static String ask(TestCaller caller, JsonNode question, String panel) {
        RequestSpecification request = caller.withApiKey().queryParam("compare", "year");
        question.properties().forEach(parameter -> {
            String value = parameter.getValue().asText();
            request.queryParam(
                    parameter.getKey(),
                    parameter.getKey().endsWith("_date")
                            ? LocalDate.parse(value).plusYears(1).toString()
                            : value);
        });
        return request.get("/v1/analytics/integrations/" + panel).asString();
    }

    private static List<Invocation> checks() throws IOException {
        try (var lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(SAMPLE)), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .skip(1)
                    .map(line -> line.split(",", -1))
                    .map(UpptimeTest::invocation)
                    .toList();
        }
    }

    /** org,site_slug,site,ts_utc,status,http_code,latency_ms,commit */
    private static Invocation invocation(String[] check) {
        boolean up = check[4].equals("up") || check[4].equals("degraded");
        String failure = check[5].equals("0") ? "exception" : "vendor_error";
        return new Invocation(
                check[1] + check[3],
                Instant.parse(check[3].replace(' ', 'T') + "Z"),
                check[1],
                "check",
                "vendor_api",
                up ? "success" : failure,
                up ? "" : check[5],
                Long.parseLong(check[6]));
    }
}
