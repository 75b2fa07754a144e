package dev.quarry.telemetry;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Mechanism;
import dev.quarry.caller.Permissions;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Row;
import dev.quarry.error.FailureException;
import dev.quarry.probe.ProbeRollup;
import dev.quarry.probe.RecordedSpans;
import dev.quarry.rollup.RollupJob;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TelemetryRecorder;
import dev.quarry.testing.TestCaller;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
@QuarkusTestResource(value = TelemetryRecorder.class, restrictToAnnotatedClass = true)
@TestProfile(TracingTest.Traced.class)
class TracingTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String REMOTE_SPAN = "00f067aa0ba902b7";

    public static final class Traced implements QuarkusTestProfile {}

    @TelemetryRecorder.Exported
    Queue<byte[]> exported;

    @TelemetryRecorder.TraceParents
    Queue<String> traceParents;

    @Inject
    RecordedSpans spans;

    @Inject
    OpenTelemetry telemetry;

    @Inject
    ClickHouse clickHouse;

    @Inject
    RollupJob job;

    private final String trace = UUID.randomUUID().toString().replace("-", "");

    @Test
    void traceCoversTheRequestAndItsQueries() {
        TestCaller.create(Permissions.METRICS_READ)
                .withApiKey()
                .header("traceparent", "00-" + trace + "-" + REMOTE_SPAN + "-01")
                .header("X-Request-Id", "traced-request")
                .get("/probe/events")
                .then()
                .statusCode(200);

        SpanData request = only("GET /probe/events");
        assertEquals(SpanKind.SERVER, request.getKind());
        assertEquals(REMOTE_SPAN, request.getParentSpanId());
        assertEquals("/probe/events", text(request, "http.route"));
        assertEquals("traced-request", text(request, "quarry.request_id"));

        SpanData question = only("SELECT events");
        assertEquals(SpanKind.CLIENT, question.getKind());
        assertEquals(request.getSpanId(), question.getParentSpanId());
        assertEquals("clickhouse", text(question, "db.system.name"));
        assertEquals("SELECT", text(question, "db.operation.name"));
        assertEquals("SELECT events", text(question, "db.query.summary"));
        assertEquals("127.0.0.1", text(question, "server.address"));
        assertEquals(StatusCode.UNSET, question.getStatus().getStatusCode());

        assertTrue(
                spans.ofTrace(trace).stream().anyMatch(span -> "postgres".equals(text(span, "db.system"))),
                spans.ofTrace(trace)::toString);
        assertTrue(
                traceParents.contains("00-" + trace + "-" + question.getSpanId() + "-01"),
                "the engine was told: " + traceParents);
    }

    @Test
    void exportedSpansHaveNoSecretsAndNoTenant() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        caller.withApiKey()
                .header("traceparent", "00-" + trace + "-" + REMOTE_SPAN + "-01")
                .queryParam("q", "searched-text")
                .get("/probe/events")
                .then()
                .statusCode(200);

        only("GET /probe/events");
        String id = new String(HexFormat.of().parseHex(trace), StandardCharsets.ISO_8859_1);
        await().atMost(SOON).until(() -> everythingExported().contains(id));
        String everything = everythingExported();
        for (String secret : List.of(caller.key(), caller.organization(), "searched-text")) {
            assertFalse(everything.contains(secret), secret);
        }
    }

    @Test
    void unsampledRequestIsNotTraced() {
        TestCaller.create(Permissions.METRICS_READ)
                .withApiKey()
                .header("traceparent", "00-" + trace + "-" + REMOTE_SPAN + "-00")
                .get("/probe/events")
                .then()
                .statusCode(200);

        await().atMost(SOON).until(() -> traceParents.stream().anyMatch(told -> told.contains(trace)));
        assertTrue(traceParents.stream().filter(told -> told.contains(trace)).allMatch(told -> told.endsWith("-00")));
        assertEquals(List.of(), spans.ofTrace(trace));
    }

    @Test
    void spanOfAFailedQueryHasTheErrorType() {
        Caller caller = new Caller("org_traced", Set.of(), Mechanism.API_KEY, "key");
        Span parent = telemetry.getTracer("test").spanBuilder("test").startSpan();
        try (Scope _ = parent.makeCurrent()) {
            var query = clickHouse.query(caller, "SELECT throwIf(count() >= 0) FROM events");
            assertThrows(FailureException.class, () -> query.one(Row::nextLong));
        } finally {
            parent.end();
        }

        SpanData question = spans.ofTrace(parent.getSpanContext().getTraceId()).stream()
                .filter(span -> span.getKind() == SpanKind.CLIENT)
                .findFirst()
                .orElseThrow();
        assertEquals(StatusCode.ERROR, question.getStatus().getStatusCode());
        assertEquals("failure", text(question, "error.type"));
    }

    @Test
    void rebuildOfABatchIsATrace() {
        ProbeRollup.createTable();
        Stores.execute("TRUNCATE TABLE event_marks");
        Stores.insert(
                "events",
                List.of(Map.of(
                        "organization_id", "org_traced",
                        "event_id", UUID.randomUUID().toString(),
                        "time", "2026-03-01 10:00:00.000",
                        "user_id", "anna",
                        "kind", "tool_call")));

        job.run();

        SpanData batch = spans.all().stream()
                .filter(span -> span.getName().equals("rebuild probe"))
                .findFirst()
                .orElseThrow();
        assertEquals(SpanId.getInvalid(), batch.getParentSpanId());
        assertTrue(spans.ofTrace(batch.getTraceId()).stream()
                .anyMatch(span -> span.getName().equals("INSERT probe_days")
                        && span.getParentSpanId().equals(batch.getSpanId())));
    }

    @Test
    void onlyRequestsAndRebuildsBeginTraces() {
        given().get("/q/health/ready").then().statusCode(200);
        given().get("/q/metrics").then().statusCode(200);
        given().get("/probe/caller").then().statusCode(401);
        await().atMost(SOON)
                .until(() ->
                        spans.all().stream().anyMatch(span -> span.getName().equals("GET /probe/caller")));

        for (SpanData span : spans.all()) {
            assertNotEquals("/q", text(span, "http.route"), span.getName());
            if (!span.getParentSpanContext().isValid()) {
                assertNotEquals(SpanKind.CLIENT, span.getKind(), span.getName());
            }
        }
    }

    private SpanData only(String name) {
        await().atMost(SOON)
                .until(() -> spans.ofTrace(trace).stream().anyMatch(span -> span.getKind() == SpanKind.SERVER));
        List<SpanData> named = spans.ofTrace(trace).stream()
                .filter(span -> span.getName().equals(name))
                .toList();
        assertEquals(1, named.size(), () -> spans.ofTrace(trace).toString());
        return named.getFirst();
    }

    private String everythingExported() {
        StringBuilder everything = new StringBuilder();
        exported.forEach(batch -> everything.append(new String(batch, StandardCharsets.ISO_8859_1)));
        return everything.toString();
    }

    private static String text(SpanData span, String attribute) {
        return span.getAttributes().get(AttributeKey.stringKey(attribute));
    }
}
