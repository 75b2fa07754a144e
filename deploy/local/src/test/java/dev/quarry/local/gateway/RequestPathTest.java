package dev.quarry.local.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1/apps",
                "/v1/apps/",
                "/v1/apps/a.b..c/logs",
                "/v1/apps/...",
                "/v1/apps/.well-known",
                "/v1/apps/a%20b%25c%C3%A4",
                "/v1/apps/~a-b_c!$&'()*+,=:@"
            })
    void takesNormalPaths(String path) {
        assertEquals(Optional.of(new RequestPath(path)), RequestPath.parse(path));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "*",
                "v1/apps",
                "//v1/apps",
                "/v1//apps",
                "/v1/apps//",
                "/v1/apps/..",
                "/v1/apps/../metrics/dau",
                "/v1/apps/./x",
                "/v1/apps/%2e%2e/metrics",
                "/v1/apps/.%2E/metrics",
                "/v1/apps%2f..%2fmetrics",
                "/v1/apps%5c..%5cmetrics",
                "/v1/apps/..;/metrics",
                "/v1/apps;x=1/logs",
                "/v1/apps/%252e%252e/metrics",
                "/v1/apps/%255c",
                "/v1/apps\\..\\metrics",
                "/v1/apps/%00",
                "/v1/apps/%0a",
                "/v1/apps/%7f",
                "/v1/apps/%",
                "/v1/apps/%zz",
                "/v1/apps/a b",
                "/v1/apps/\u00e4",
                "/v1/apps/a\n"
            })
    void refusesPathsThatCouldBeReadDifferently(String path) {
        assertEquals(Optional.empty(), RequestPath.parse(path));
    }

    @Test
    void takesTheLongestPathThatFitsARequestLine() {
        assertTrue(RequestPath.parse("/v1/apps/" + "%C3%A4".repeat(680)).isPresent());
    }

    @Test
    void isUnderAPrefixByWholeSegments() {
        assertTrue(new RequestPath("/v1/apps").isUnder("/v1/apps"));
        assertTrue(new RequestPath("/v1/apps/x").isUnder("/v1/apps"));
        assertFalse(new RequestPath("/v1/appsx").isUnder("/v1/apps"));
        assertFalse(new RequestPath("/v1").isUnder("/v1/apps"));
    }
}
