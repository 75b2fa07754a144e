package dev.quarry.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

    private static final Path PROJECT = Path.of("/a project");

    @Test
    void hasADefaultForEveryOption() throws UsageException {
        Options options = Options.parse(List.of(), Map.of(), PROJECT);

        assertEquals(Path.of("/a project/.quarry"), options.directory());
        assertTrue(options.samples());
        assertFalse(options.newKeys());
        assertEquals(List.of(), options.corsOrigins());
        assertTrue(options.clickHouse().isEmpty());
        assertEquals(
                List.of(8080, 8081, 8082, 8083, 8084, 18123, 15432),
                Arrays.stream(Port.values()).map(options.ports()::number).toList());
    }

    @Test
    void prefersAnOptionToAVariable() throws UsageException {
        Options options = Options.parse(
                List.of("--gateway-port=1", "--data=/data", "--no-samples"),
                Map.of("QUARRY_GATEWAY_PORT", "2", "QUARRY_ORG_PORT", "3", "QUARRY_APPS_PORT", ""),
                PROJECT);

        assertEquals(1, options.ports().number(Port.GATEWAY));
        assertEquals(3, options.ports().number(Port.ORG));
        assertEquals(8081, options.ports().number(Port.APPS));
        assertEquals(Path.of("/data"), options.directory());
        assertFalse(options.samples());
    }

    @Test
    void letsPagesOfSitesCall() throws UsageException {
        Options options = Options.parse(
                List.of("--cors-origin=http://localhost:5173,https://dash.example", "--new-keys"), Map.of(), PROJECT);

        assertEquals(List.of("http://localhost:5173", "https://dash.example"), options.corsOrigins());
        assertTrue(options.newKeys());
        assertTrue(Options.USAGE.contains("--cors-origin="));
        assertTrue(Options.USAGE.contains("--new-keys"));
    }

    @Test
    void takesAClickHouseServer() throws UsageException {
        Options options = Options.parse(
                List.of("--clickhouse-url=http://clickhouse:8123"),
                Map.of("QUARRY_CLICKHOUSE_USER", "reader", "QUARRY_CLICKHOUSE_PASSWORD", "secret"),
                PROJECT);

        assertEquals(
                "http://clickhouse:8123", options.clickHouse().orElseThrow().url());
        assertEquals("reader", options.clickHouse().orElseThrow().user());
        assertEquals("secret", options.clickHouse().orElseThrow().password());
        assertEquals(
                "http://other:1",
                Options.parse(List.of(), Map.of("QUARRY_CLICKHOUSE_URL", "http://other:1"), PROJECT)
                        .clickHouse()
                        .orElseThrow()
                        .url());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--gateway-port",
                "--gateway-port=0",
                "--gateway-port=65536",
                "--gateway-port=80a",
                "--gateway-port=-1",
                "--no-samples=true",
                "--new-keys=true",
                "--cors-origin",
                "--cors-origin=",
                "--cors-origin=*",
                "--cors-origin=/.*/",
                "--cors-origin=http://localhost:5173/",
                "--cors-origin=http://localhost:5173,*",
                "--what",
                "8080",
                "--clickhouse-url=clickhouse:8123",
                "--clickhouse-url=http://user:password@clickhouse:8123"
            })
    void refusesUnknownArguments(String argument) {
        assertThrows(UsageException.class, () -> Options.parse(List.of(argument), Map.of(), PROJECT));
    }

    @ParameterizedTest
    @CsvSource({"--apps-port=8080", "--postgres-port=18123"})
    void refusesAPortForTwo(String argument) {
        UsageException refusal =
                assertThrows(UsageException.class, () -> Options.parse(List.of(argument), Map.of(), PROJECT));

        assertTrue(refusal.getMessage().contains(argument.substring(0, argument.indexOf('='))), refusal.getMessage());
    }

    @Test
    void describesEveryOption() {
        for (Port port : Port.values()) {
            assertTrue(Options.USAGE.contains(port.option() + "=PORT"), port.option());
            assertTrue(Options.USAGE.contains("(" + port.standard() + ")"), port.option());
        }
    }
}
