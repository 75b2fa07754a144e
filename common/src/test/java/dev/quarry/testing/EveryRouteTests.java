package dev.quarry.testing;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.testing.lookups.LookUpReport;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ExtractableResponse;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests data from every route of the served OpenAPI document. A service extends this class once to be tested in this
 * JVM, and extends that class to be tested as it is packaged. A new route without an entry in {@link #routes} fails.
 */
public abstract class EveryRouteTests {
    private static final String CSV = "text/csv";
    private static final String ARROW = "application/vnd.apache.arrow.stream";

    /** A request for data of a route, and the data delivered for it. */
    @FunctionalInterface
    protected interface Route {
        /** Returns a number of the answer, which is not 0 if the data was found. */
        double read() throws Exception;
    }

    /** By the path of the document, with its placeholders. */
    protected abstract Map<String, Route> routes() throws Exception;

    /**
     * A route that answers JSON with status 200.
     *
     * @param numbers paths of numbers in it that must not be 0, such as {@code data.value.sum()}
     */
    protected static Route json(RequestSpecification request, String url, String... numbers) {
        return new JsonRoute(request, url, List.of(numbers));
    }

    private record JsonRoute(RequestSpecification request, String url, List<String> numbers) implements Route {
        @Override
        public double read() {
            JsonPath answer = JsonPath.from(json());
            return numbers.stream()
                    .map(answer::<Number>get)
                    .mapToDouble(number -> number == null ? 0 : number.doubleValue())
                    .min()
                    .orElseThrow();
        }

        private String json() {
            return get(MediaType.APPLICATION_JSON).asString();
        }

        private ExtractableResponse<Response> get(String mediaType) {
            return get(mediaType, mediaType);
        }

        private ExtractableResponse<Response> get(String accepted, String mediaType) {
            return request.accept(accepted)
                    .get(url)
                    .then()
                    .statusCode(200)
                    .contentType(mediaType)
                    .extract();
        }
    }

    @Test
    void everyRouteAnswersWithData() throws Exception {
        Map<String, Route> routes = routes();
        assertEquals(documented(), new TreeSet<>(routes.keySet()), "the routes that are asked, beside the document's");
        assertAll(routes.entrySet().stream()
                .map(route -> () -> assertTrue(route.getValue().read() > 0, () -> route.getKey() + " answers zero")));
        LookUpReport.requireNothingUnknown();
    }

    /** Compares CSV with the rows of the JSON answer, for every route whose document has CSV. */
    @Test
    void csvHasTheRowsOfJson() throws Exception {
        Map<String, Route> routes = routes();
        for (String path : documentedWith(CSV)) {
            JsonRoute route = (JsonRoute) routes.get(path);
            String json = route.json();
            assertEquals(CsvOfJson.lines(json), route.get(CSV).asString(), path);
        }
    }

    /** Compares Arrow, read by ClickHouse, with the rows of the JSON answer. Routes have Arrow if they have CSV. */
    @Test
    void arrowHasTheRowsOfJson() throws Exception {
        Map<String, Route> routes = routes();
        Set<String> paths = documentedWith(ARROW);
        assertEquals(documentedWith(CSV), paths);
        for (String path : paths) {
            JsonRoute route = (JsonRoute) routes.get(path);
            String json = route.json();
            ArrowAnswer.read(route.get(ARROW).asByteArray()).requireRowsOf(json);
        }
    }

    /** FastAPI ignores the header. The last one is that of Java's own client before Java 18. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/*",
                "text/html",
                "json",
                "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
            })
    void whoeverAcceptsNoTableGetsJson(String accepted) throws Exception {
        routes().values().stream()
                .filter(JsonRoute.class::isInstance)
                .map(JsonRoute.class::cast)
                .forEach(route -> route.get(accepted, MediaType.APPLICATION_JSON));
    }

    private static Set<String> documentedWith(String mediaType) {
        Set<String> paths = new TreeSet<>();
        Contract.served().document().path("paths").properties().forEach(path -> {
            if (path.getValue().at("/get/responses/200/content").has(mediaType)) {
                paths.add(path.getKey());
            }
        });
        assertFalse(paths.isEmpty());
        return paths;
    }

    /** Paths of the served OpenAPI document. */
    static Set<String> documented() {
        JsonPath document = given().get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        Set<String> paths = new TreeSet<>(document.<Object, Object>getMap("paths").keySet().stream()
                .map(Object::toString)
                .toList());
        assertTrue(paths.size() >= 3, () -> "The document has only " + paths);
        return paths;
    }
}
