package dev.quarry.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContractTest {
    private static final Contract CONTRACT = Contract.of("""
            {"paths": {
               "/v1/rows": {"get": {"responses": {
                 "200": {"content": {
                   "text/csv": {"schema": {"type": "string"}},
                   "application/json": {"schema": {"anyOf": [
                     {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
                     {"type": "array", "items": {"type": "object", "required": ["current"], "properties": {
                       "current": {"$ref": "#/components/schemas/Row"}}}}]}}}}}}},
               "/v1/rows/{row_id}": {"get": {"responses": {}}}},
             "components": {"schemas": {
               "Row": {"type": "object", "required": ["count"], "properties": {
                 "count": {"type": "integer"},
                 "by_type": {"type": "object", "additionalProperties": {"type": "integer"}}}}}}}
            """);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "[{\"count\": 1}]",
                "[{\"count\": 1, \"by_type\": {\"a\": 1}}]",
                "[{\"current\": {\"count\": 1}}]"
            })
    void acceptsWhatTheDocumentDescribes(String body) {
        CONTRACT.checkResponse("/v1/rows", 200, "application/json", body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[{}]",
                "[{\"count\": \"1\"}]",
                "[{\"count\": 1, \"more\": 2}]",
                "[{\"count\": 1, \"by_type\": {\"a\": \"1\"}}]",
                "[{\"current\": {\"count\": 1, \"more\": 2}}]",
                "[{\"current\": {\"count\": 1}, \"previous\": {}}]",
                "no JSON"
            })
    void refusesWhatTheDocumentDoesNotDescribe(String body) {
        assertThrows(AssertionError.class, () -> CONTRACT.checkResponse("/v1/rows", 200, "application/json", body));
    }

    @Test
    void refusesAStatusOrAMediaTypeThatIsNotDocumented() {
        CONTRACT.checkResponse("/v1/rows", 200, "text/csv", "count\r\n");
        assertThrows(AssertionError.class, () -> CONTRACT.checkResponse("/v1/rows", 404, "text/csv", ""));
        assertThrows(AssertionError.class, () -> CONTRACT.checkResponse("/v1/rows", 200, "text/plain", ""));
    }

    @Test
    void findsTheDocumentedPathOfARequest() {
        assertEquals(Optional.of("/v1/rows"), CONTRACT.path("/v1/rows"));
        assertEquals(Optional.of("/v1/rows/{row_id}"), CONTRACT.path("/v1/rows/1"));
        assertEquals(Optional.empty(), CONTRACT.path("/v1/rows/1/2"));
    }
}
