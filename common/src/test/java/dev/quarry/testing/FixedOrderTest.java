package dev.quarry.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class FixedOrderTest {
    @RegisterForReflection
    record Holder(Map<String, Integer> map) {}

    @Inject
    ObjectMapper json;

    @Test
    void writesOrderedCollections() throws Exception {
        Map<String, Integer> linked = new LinkedHashMap<>();
        linked.put("b", 1);
        linked.put("a", 2);
        assertEquals("{\"map\":{\"b\":1,\"a\":2}}", json.writeValueAsString(new Holder(linked)));
        assertEquals("{\"map\":{\"a\":2,\"b\":1}}", json.writeValueAsString(new Holder(new TreeMap<>(linked))));
        assertEquals("{\"map\":{\"a\":1}}", json.writeValueAsString(new Holder(Map.of("a", 1))));
        assertEquals("[\"b\",\"a\"]", json.writeValueAsString(new LinkedHashSet<>(List.of("b", "a"))));
    }

    @Test
    void refusesUnorderedCollections() {
        assertRefused(new Holder(Map.of("a", 1, "b", 2)));
        assertRefused(new Holder(new HashMap<>(Map.of("a", 1, "b", 2))));
        assertRefused(List.of(Map.of("a", 1, "b", 2)));
        assertRefused(new HashSet<>(List.of("a", "b")));
        assertRefused(Set.of("a", "b"));
    }

    private void assertRefused(Object value) {
        String message = assertThrows(Exception.class, () -> json.writeValueAsString(value))
                .getMessage();
        assertTrue(message.contains("has no order of its own"), message);
    }
}
