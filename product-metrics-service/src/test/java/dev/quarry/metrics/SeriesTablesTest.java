package dev.quarry.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.ArrowAnswer;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ExtractableResponse;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** CSV and Arrow of series with groups or a comparison. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class SeriesTablesTest {
    private final TestCaller caller = TestCaller.create(Permissions.METRICS_READ);

    @BeforeEach
    void events() {
        Events events = Events.of(caller);
        event(events, "2026-03-01", "anna", "DE");
        event(events, "2026-03-01", "bert", "DE");
        event(events, "2026-03-03", "anna", "DE");
        event(events, "2026-03-03", "bert", "DE");
        event(events, "2026-03-03", "carl", "FR");
        event(events, "2026-03-03", "dora", "=1+1");
        event(events, "2026-03-04", "anna", "DE");
        events.deliver();
        Rollups.run();
    }

    private static void event(Events events, String day, String user, String country) {
        events.toolCall(day + user, day + " 10:00:00.000", user).with("country", country);
    }

    @Test
    void comparisonStandsBesideTheSeries() {
        assertEquals("""
                kind,key,period,value,comparisonPeriod,comparisonValue,change
                whole,,2026-03-03,4,2026-03-01,2,100.0
                whole,,2026-03-04,1,2026-03-02,0,
                """, csv("dau?from=2026-03-03&to=2026-03-04&compare=previous"));
    }

    @Test
    void comparisonStandsBesideTheGroupsToo() {
        assertEquals("""
                kind,key,period,value,comparisonPeriod,comparisonValue,change
                whole,,2026-03-03,4,2026-03-01,2,100.0
                whole,,2026-03-04,1,2026-03-02,0,
                group,DE,2026-03-03,2,2026-03-01,2,0.0
                group,DE,2026-03-04,1,2026-03-02,0,
                rest,,2026-03-03,2,,,
                rest,,2026-03-04,0,,,
                """, csv("dau?from=2026-03-03&to=2026-03-04&compare=previous&by=country&groups=1"));
    }

    @Test
    void groupsFollowTheWhole() {
        assertEquals("""
                kind,key,period,value,comparisonPeriod,comparisonValue,change
                whole,,2026-03-03,4,,,
                group,DE,2026-03-03,2,,,
                group,'=1+1,2026-03-03,1,,,
                rest,,2026-03-03,1,,,
                """, csv("dau?from=2026-03-03&to=2026-03-03&by=country&groups=2"));
    }

    @Test
    void cohortsHaveGroupsToo() {
        assertEquals("""
                kind,key,period,retained,cohortSize,comparisonPeriod,comparisonRetained,comparisonCohortSize,change
                whole,,2026-03-01,2,2,,,,
                group,DE,2026-03-01,2,2,,,,
                """, csv("retention?from=2026-03-01&to=2026-03-01&days=2&by=country"));
    }

    @Test
    void cohortsHaveComparisonsToo() {
        assertEquals("""
                kind,key,period,retained,cohortSize,comparisonPeriod,comparisonRetained,comparisonCohortSize,change
                whole,,2026-03-03,0,2,2026-03-01,2,2,-100.0
                whole,,2026-03-04,0,0,2026-03-02,0,0,
                """, csv("retention?from=2026-03-03&to=2026-03-04&days=2&compare=previous"));
    }

    @Test
    void arrowHasTheSameRows() {
        ArrowAnswer read = ArrowAnswer.read(
                answer("dau?from=2026-03-03&to=2026-03-04&compare=previous", "application/vnd.apache.arrow.stream")
                        .asByteArray());

        assertEquals(
                List.of("kind", "key", "period", "value", "comparisonPeriod", "comparisonValue", "change"),
                read.names());
        assertEquals(
                List.of(
                        "Nullable(String)",
                        "Nullable(String)",
                        "Nullable(Date32)",
                        "Nullable(Float64)",
                        "Nullable(Date32)",
                        "Nullable(Float64)",
                        "Nullable(Float64)"),
                read.types());
        assertEquals(
                "[[\"whole\", \"\", \"2026-03-03\", 4, \"2026-03-01\", 2, 100],"
                        + " [\"whole\", \"\", \"2026-03-04\", 1, \"2026-03-02\", 0, null]]",
                read.rows().toString());
    }

    private String csv(String query) {
        return answer(query, "text/csv").asString().replace("\r\n", "\n");
    }

    private ExtractableResponse<Response> answer(String query, String mediaType) {
        return caller.withApiKey()
                .accept(mediaType)
                .get("/v1/metrics/" + query)
                .then()
                .statusCode(200)
                .extract();
    }
}
