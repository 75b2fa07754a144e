package dev.quarry.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class RegisteredTypesTest {
    @RegisterForReflection
    record Registered(int number, Object more) {}

    record Forgotten(int number) {}

    enum ForgottenWord {
        ONE
    }

    @Inject
    ObjectMapper json;

    @Test
    void writesRegisteredTypes() throws Exception {
        assertEquals("{\"number\":1,\"more\":[]}", json.writeValueAsString(new Registered(1, List.of())));
        assertEquals("{\"a\":1}", json.writeValueAsString(Map.of("a", 1)));
    }

    @Test
    void refusesNestedTypesThatAreNotRegistered() {
        assertRefused(new Forgotten(1));
        assertRefused(List.of(new Forgotten(1)));
        assertRefused(new Registered(1, Map.of("deep", new Forgotten(2))));
        assertRefused(new Registered(1, ForgottenWord.ONE));
    }

    private void assertRefused(Object value) {
        String message = assertThrows(Exception.class, () -> json.writeValueAsString(value))
                .getMessage();
        assertTrue(message.contains("Forgotten"), message);
    }
}
