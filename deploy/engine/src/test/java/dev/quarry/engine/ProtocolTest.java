package dev.quarry.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ProtocolTest {
    @RegisterExtension
    static final EngineExtension ENGINE = new EngineExtension();

    @Test
    void answersHealthChecksWithoutAQuery() {
        for (String path : new String[] {"/", "/ping", "/replicas_status"}) {
            HttpResponse<String> response = ENGINE.http().path(path).get();
            assertEquals(200, response.statusCode());
            assertEquals("Ok.\n", response.body());
            assertEquals(200, ENGINE.http().path(path).method("HEAD").statusCode());
        }
        assertEquals(404, ENGINE.http().path("/nothing").get().statusCode());
        assertEquals(405, ENGINE.http().method("DELETE").statusCode());
    }

    @Test
    void takesTheStatementFromTheUrlTheBodyOrBoth() {
        assertEquals("1\n", ENGINE.http().with("query", "SELECT 1").get().body());
        assertEquals("2", ENGINE.http().run("SELECT 2;\n"));
        assertEquals("3", ENGINE.http().with("query", "SELECT 1 +").run("2"));
    }

    @Test
    void describesItsAnswerInHeaders() {
        HttpResponse<String> response = ENGINE.http()
                .with("query_id", "the-id")
                .with("default_format", "JSONEachRow")
                .post("SELECT number AS n FROM numbers(3)");
        assertEquals("{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n", response.body());
        assertEquals("the-id", header(response, "X-ClickHouse-Query-Id"));
        assertEquals("JSONEachRow", header(response, "X-ClickHouse-Format"));
        assertEquals("application/x-ndjson; charset=UTF-8", header(response, "Content-Type"));
        assertTrue(header(response, "X-ClickHouse-Summary").contains("\"read_rows\":\"3\""));
        assertTrue(header(response, "X-ClickHouse-Summary").contains("\"result_rows\":\"3\""));
        assertFalse(header(response, "X-ClickHouse-Timezone").isEmpty());
        assertFalse(header(response, "X-ClickHouse-Server-Display-Name").isEmpty());
    }

    @Test
    void theFormatClauseOverridesTheParameterAndTheParameterTheHeader() {
        String sql = "SELECT 1 AS a";
        assertEquals("1", ENGINE.http().header("X-ClickHouse-Format", "CSV").run(sql));
        assertEquals(
                "{\"a\":1}",
                ENGINE.http()
                        .header("X-ClickHouse-Format", "CSV")
                        .with("default_format", "JSONEachRow")
                        .run(sql));
        assertEquals("a=1", ENGINE.http().with("default_format", "JSONEachRow").run(sql + " FORMAT TSKV"));
        assertEquals(
                "TSKV",
                header(ENGINE.http().post(sql + " FORMAT TSKV SETTINGS max_threads = 1"), "X-ClickHouse-Format"));
    }

    static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
