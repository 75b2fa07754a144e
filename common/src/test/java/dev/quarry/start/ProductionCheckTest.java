package dev.quarry.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.auth.AuthConfiguration;
import dev.quarry.clickhouse.ClickHouseConfiguration;
import dev.quarry.rollup.RollupConfiguration;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProductionCheckTest {
    private static final Map<String, String> SAFE = Map.of(
            "quarry.auth.mechanisms", "api-key",
            "quarry.clickhouse.url", "https://203.0.113.7:8443",
            "quarry.clickhouse.password", "secret",
            "quarkus.datasource.reactive.url", "postgresql://203.0.113.8:5432/quarry",
            "quarkus.datasource.password", "secret");

    @Test
    void acceptsSafeSettings() {
        assertEquals(List.of(), check(SAFE).faults());
    }

    @Test
    void storeOnLocalhostNeedsNoPassword() {
        Map<String, String> local = new HashMap<>(SAFE);
        local.keySet().removeAll(List.of("quarry.clickhouse.password", "quarkus.datasource.password"));
        local.put("quarry.clickhouse.url", "http://127.0.0.1:8123");
        local.put("quarkus.datasource.reactive.url", "postgresql://localhost/quarry");

        assertEquals(List.of(), check(local).faults());
    }

    @Test
    void aCredentialsProviderStandsInForThePasswordOfPostgres() {
        Map<String, String> provided = new HashMap<>(SAFE);
        provided.remove("quarkus.datasource.password");
        provided.put("quarkus.datasource.credentials-provider", "vault");

        assertEquals(List.of(), check(provided).faults());
    }

    @ParameterizedTest
    @CsvSource({
        "quarry.auth.mechanisms, ''",
        "quarry.clickhouse.password, ''",
        "quarry.clickhouse.shards, 2",
        "quarry.clickhouse.shards, -1",
        "quarkus.datasource.password, ''",
        "quarkus.http.cors.origins, *",
        "quarkus.http.cors.origins, /.*/"
    })
    void namesWhatIsUnsafe(String name, String value) {
        Map<String, String> unsafe = new HashMap<>(SAFE);
        unsafe.put(name, value);

        List<String> faults = check(unsafe).faults();

        assertEquals(1, faults.size(), faults.toString());
        assertTrue(faults.getFirst().startsWith(name), faults.toString());
    }

    /** {@code URI} finds no host in a name with an underscore; the engine's client does. */
    @Test
    void engineWhoseHostIsUnknownNeedsAPassword() {
        Map<String, String> unsafe = new HashMap<>(SAFE);
        unsafe.remove("quarry.clickhouse.password");
        unsafe.put("quarry.clickhouse.url", "http://click_house:8123");

        assertEquals(
                List.of("quarry.clickhouse.password is unset for an engine that is not on this machine"),
                check(unsafe).faults());
    }

    @Test
    void replicaDelayMustBeShorterThanTheGracePeriod() {
        Map<String, String> settings = new HashMap<>(SAFE);
        settings.put("quarry.rollup.grace", "30s");
        assertEquals(List.of(), check(settings).faults());

        settings.put("quarry.clickhouse.cluster", "quarry");
        assertEquals(
                List.of(
                        "quarry.rollup.replica-delay is not below quarry.rollup.grace, so that the rollup job could miss rows"),
                check(settings).faults());

        settings.put("quarry.rollup.replica-delay", "10s");
        assertEquals(List.of(), check(settings).faults());
    }

    @Test
    void stopsOnlyPackagedServices() {
        ProductionCheck unsafe = check(Map.of(
                "quarry.clickhouse.url", "http://127.0.0.1:8123",
                "quarkus.datasource.reactive.url", "postgresql://localhost/quarry"));

        unsafe.check(new StartupEvent(), LaunchMode.TEST);
        unsafe.check(new StartupEvent(), LaunchMode.DEVELOPMENT);
        assertThrows(IllegalStateException.class, () -> unsafe.check(new StartupEvent(), LaunchMode.NORMAL));
    }

    @ParameterizedTest
    @CsvSource({
        "quarry.auth.mechanism, api-key",
        "quarry.clickhouse.uri, http://127.0.0.1:8123",
        "quarry.clickhouse.guards.rows, 5",
        "quarry.auth.mechanisms, cookie"
    })
    void aSettingThatNobodyKnowsIsRefused(String name, String value) {
        Map<String, String> mistyped = new HashMap<>(SAFE);
        mistyped.put(name, value);

        assertThrows(ConfigValidationException.class, () -> check(mistyped));
    }

    private static ProductionCheck check(Map<String, String> settings) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withMapping(AuthConfiguration.class)
                .withMapping(ClickHouseConfiguration.class)
                .withMapping(RollupConfiguration.class)
                .addDiscoveredConverters()
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .build();
        return new ProductionCheck(
                config.getConfigMapping(AuthConfiguration.class),
                config.getConfigMapping(ClickHouseConfiguration.class),
                config.getConfigMapping(RollupConfiguration.class),
                config.getValue("quarkus.datasource.reactive.url", String.class),
                optional(config, "quarkus.datasource.password"),
                optional(config, "quarkus.datasource.credentials-provider"),
                optional(config, "quarkus.http.cors.origins").map(origins -> List.of(origins.split(","))));
    }

    private static Optional<String> optional(SmallRyeConfig config, String name) {
        return config.getOptionalValue(name, String.class);
    }
}
