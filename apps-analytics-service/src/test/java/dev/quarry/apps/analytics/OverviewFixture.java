package dev.quarry.apps.analytics;

import dev.quarry.apps.TestApp;
import dev.quarry.testing.Contract;
import dev.quarry.testing.TestClock;
import io.restassured.path.json.config.JsonPathConfig;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A new app for each test, at {@link #NOW}. */
abstract class OverviewFixture {
    /** In the middle of an hour, nine days after Berlin put its clocks ahead and three after Chatham put them back. */
    static final Instant NOW = Instant.parse("2026-04-07T13:37:42.123Z");

    static final Contract CONTRACT = Contract.ofResource("/contract/mixpeek.json");
    static final JsonPathConfig DOUBLES =
            JsonPathConfig.jsonPathConfig().numberReturnType(JsonPathConfig.NumberReturnType.DOUBLE);
    static final List<String> ZONES =
            List.of("UTC", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns");

    @Inject
    TestClock clock;

    TestApp app;

    @BeforeEach
    void anAppOnASpringDay() {
        clock.setTo(NOW);
        app = TestApp.create();
    }

    @AfterEach
    void clockRuns() {
        clock.reset();
    }
}
