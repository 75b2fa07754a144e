package dev.quarry.organizations.resources;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.organizations.TestOrganization;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.ExtractableResponse;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sources and secrets list their largest types and statuses; a header counts the types and statuses left out. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class GroupsTest {
    private static final String SOURCES = "/workspaces/w/analytics/sources";
    private static final String SECRETS = "/workspaces/w/analytics/secrets";
    private static final String OMITTED = "X-Groups-Omitted";

    private final TestOrganization organization = TestOrganization.create();

    private void fill(List<String> types, List<String> statuses) {
        organization.addWorkspace("w");
        TestOrganization.execute("""
                INSERT INTO sources (organization_id, workspace_id, source_id, type, status)
                SELECT ?, 'w', place::text, type, status
                FROM unnest(string_to_array(?, ','), string_to_array(?, ',')) WITH ORDINALITY AS sent (type, status, place)
                """, organization.id(), String.join(",", types), String.join(",", statuses));
        TestOrganization.execute("""
                INSERT INTO secrets (organization_id, workspace_id, secret_id, type, active)
                SELECT ?, 'w', place::text, type, place % 2 = 0
                FROM unnest(string_to_array(?, ',')) WITH ORDINALITY AS sent (type, place)
                """, organization.id(), String.join(",", types));
    }

    @Test
    void listsTheLargestGroups() {
        Random random = new Random(11);
        List<String> types = new ArrayList<>();
        List<String> statuses = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            types.add("type " + random.nextInt(100));
            statuses.add(random.nextInt(10) == 0 ? "indexed" : "status " + random.nextInt(100));
        }
        fill(types, statuses);
        Map<String, Long> byType = count(types);
        Map<String, Long> byStatus = count(statuses);
        for (int limit : List.of(1, 2, 3 + random.nextInt(50), 1_000)) {
            var sources = read(SOURCES + "?limit=" + limit);
            assertEquals(largest(byType, limit), sources.jsonPath().getMap("sources_by_type"));
            assertEquals(largest(byStatus, limit), sources.jsonPath().getMap("sources_by_status"));
            assertEquals(300, sources.jsonPath().getInt("total_sources"));
            assertEquals(byStatus.get("indexed"), sources.jsonPath().getLong("indexed_sources"));
            assertOmitted(Math.max(0, byType.size() - limit) + Math.max(0, byStatus.size() - limit), sources);

            var secrets = read(SECRETS + "?limit=" + limit);
            assertEquals(largest(byType, limit), secrets.jsonPath().getMap("secrets_by_type"));
            assertEquals(300, secrets.jsonPath().getInt("total_secrets"));
            assertEquals(150, secrets.jsonPath().getInt("active_secrets"));
            assertOmitted(Math.max(0, byType.size() - limit), secrets);
        }
    }

    @ParameterizedTest
    @CsvSource({"1000, 0", "1001, 1", "120000, 119000"})
    void listsAThousandGroupsByDefault(int groups, int omitted) {
        List<String> types =
                IntStream.range(0, groups).mapToObj(number -> "type " + number).toList();
        fill(types, types);
        Map<String, Integer> expected =
                types.stream().sorted().limit(1_000).collect(Collectors.toMap(type -> type, type -> 1));
        var sources = read(SOURCES);
        assertEquals(expected, sources.jsonPath().getMap("sources_by_type"));
        assertEquals(groups, sources.jsonPath().getInt("total_sources"));
        assertOmitted(2 * omitted, sources);
        var secrets = read(SECRETS);
        assertEquals(expected, secrets.jsonPath().getMap("secrets_by_type"));
        assertOmitted(omitted, secrets);
    }

    @ParameterizedTest
    @CsvSource({"0, greater_than_equal", "1001, less_than_equal", "abc, int_parsing"})
    void refusesAnInvalidLimit(String limit, String type) {
        fill(List.of("file"), List.of("indexed"));
        for (String path : List.of(SOURCES, SECRETS)) {
            organization
                    .read(path + "?limit=" + limit)
                    .statusCode(422)
                    .body("detail.loc", contains(List.of("query", "limit")))
                    .body("detail[0].type", equalTo(type));
        }
    }

    @Test
    void documentDescribesTheLimitAndTheHeader() {
        for (String path : List.of(SOURCES, SECRETS)) {
            String operation = "paths.'/v1/orgs/{org_id}" + path.replace("/w/", "/{workspace_id}/") + "'.get.";
            RestAssured.get("/q/openapi?format=json")
                    .then()
                    .body(operation + "parameters.find { it.name == 'limit' }.schema.default", equalTo(1_000))
                    .body(operation + "responses.'200'.headers.'X-Groups-Omitted'.schema.type", equalTo("integer"));
        }
    }

    private ExtractableResponse<Response> read(String path) {
        return organization.read(path).statusCode(200).extract();
    }

    private static void assertOmitted(int expected, ExtractableResponse<Response> answer) {
        assertEquals(expected == 0 ? null : Integer.toString(expected), answer.header(OMITTED));
    }

    private static Map<String, Long> count(List<String> keys) {
        return keys.stream().collect(Collectors.groupingBy(key -> key, TreeMap::new, Collectors.counting()));
    }

    private static Map<String, Integer> largest(Map<String, Long> counts, int limit) {
        return counts.keySet().stream()
                .sorted(Comparator.<String>comparingLong(key -> -counts.get(key))
                        .thenComparing(key -> key))
                .limit(limit)
                .collect(Collectors.toMap(key -> key, key -> counts.get(key).intValue()));
    }
}
