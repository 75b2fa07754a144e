package dev.quarry.apps;

import dev.quarry.testing.ArchitectureTests;
import java.util.Map;

final class ArchitectureTest extends ArchitectureTests {
    @Override
    protected Map<String, String> readersOfTheMachine() {
        return Map.of();
    }
}
