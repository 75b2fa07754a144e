package dev.quarry.apps;

import dev.quarry.testing.ArchitectureTests;
import java.util.Map;

final class ArchitectureTest extends ArchitectureTests {
    @Override
    protected Map<String, String> readersOfTheMachine() {
        return Map.of(
                "dev.quarry.apps.analytics.UnrefinedHours",
                "It compares the time with marks, which the engine dates by its own clock.");
    }
}
