package dev.quarry.clickhouse;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Mechanism;
import dev.quarry.fairness.TestFairness;
import dev.quarry.testing.Stores;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a read sends over the wire. The embedded engine has no users, so this test compares the settings with the settings
 * profile of the server's user.
 */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class ClickHouseRequestTest {
    private static final Caller CALLER = new Caller("acme", Set.of(), Mechanism.API_KEY, "key");
    /** Parameters of the HTTP interface, which are no settings. */
    private static final Set<String> OF_HTTP =
            Set.of("database", "default_format", "query_id", "quota_key", "wait_end_of_query");

    /** One row with one column, which is 1. */
    private static final byte[] ONE = {1, 1, '1', 5, 'U', 'I', 'n', 't', '8', 1};

    @Inject
    TenantTables tables;

    private final AtomicReference<Map<String, String>> sent = new AtomicReference<>();
    private final LongAdder nanos = new LongAdder();
    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            sent.set(Stream.of(exchange.getRequestURI().getRawQuery().split("&"))
                    .map(pair -> pair.split("=", 2))
                    .collect(toMap(pair -> decode(pair[0]), pair -> decode(pair[1]))));
            exchange.sendResponseHeaders(200, ONE.length);
            exchange.getResponseBody().write(ONE);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void namesTheTenantForRowPoliciesAndQuotas() {
        Map<String, String> request = request(Map.of("quarry.clickhouse.tenant-setting", "quarry_tenant"));

        assertEquals("acme", request.get("quarry_tenant"));
        assertEquals("acme", request.get("quota_key"));
    }

    /** The engine refuses a query without a quota key: the health check, and reads of the retention and of versions. */
    @Test
    void namesTheServiceForQuotasIfItReadsForNoTenant() throws Exception {
        Map<String, String> setting = Map.of("quarry.clickhouse.tenant-setting", "quarry_tenant");

        Map<String, String> check = request(setting, clickHouse -> assertTrue(clickHouse.isReachable()));
        assertEquals("the service", check.get("quota_key"));
        assertFalse(check.containsKey("quarry_tenant"), check.toString());

        Map<String, String> read =
                request(setting, clickHouse -> clickHouse.readWithoutTenant("SELECT 1", Row::nextLong));
        assertEquals("the service", read.get("quota_key"));
    }

    @Test
    void namesTheRequestInTheEnginesLogAndTellsItsTime() {
        Map<String, String> request = request(Map.of());

        assertEquals(
                "{\"request_id\":\"request-1\",\"tenant\":\"acme\",\"route\":\"GET /v1\"}", request.get("log_comment"));
        assertTrue(nanos.sum() > 0);
    }

    @Test
    void namesNoTenantUnlessToldTo() {
        Map<String, String> request = request(Map.of());

        assertFalse(request.containsKey("quarry_tenant"), request.toString());
        assertFalse(request.containsKey("quota_key"), request.toString());
    }

    @Test
    void filtersTheTablesOfAShard() throws Exception {
        String filters = request(Map.of("quarry.clickhouse.cluster", "c1")).get("additional_table_filters");

        assertEquals(
                Stream.of("activity_days", "activity_days_local", "events", "events_local")
                        .map("'quarry.%s':'organization_id = \\'acme\\''"::formatted)
                        .collect(joining(",", "{", "}")),
                filters);
    }

    @Test
    void changesOnlyWhatTheReadersProfileLetsItChange() throws Exception {
        Map<String, String> request =
                request(Map.of("quarry.clickhouse.tenant-setting", "quarry_tenant", "quarry.clickhouse.cluster", "c1"));
        Set<String> settings = new TreeSet<>(request.keySet());
        settings.removeAll(OF_HTTP);
        settings.removeIf(name -> name.startsWith("param_"));
        // As in the profile, and so no change.
        assertEquals("1", request.get("readonly"));
        settings.remove("readonly");

        Set<String> changeable = changeable();
        assertTrue(changeable.containsAll(settings), () -> settings + " of " + changeable);
        changeable.removeAll(settings);
        assertEquals(
                changeable,
                new TreeSet<>(changeable.stream().filter(Query::mayChoose).toList()),
                "nothing is changeable that nobody sets");
    }

    private Map<String, String> request(Map<String, String> settings) {
        return request(
                settings,
                clickHouse ->
                        assertEquals(1, clickHouse.query(CALLER, "SELECT 1").one(Row::nextLong)));
    }

    private Map<String, String> request(Map<String, String> settings, Consumer<ClickHouse> reader) {
        Map<String, String> all = new HashMap<>(settings);
        all.put(
                "quarry.clickhouse.url",
                "http://127.0.0.1:" + server.getAddress().getPort());
        var configuration = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(ClickHouseConfiguration.class)
                .withDefaultValues(all)
                .build()
                .getConfigMapping(ClickHouseConfiguration.class);
        var clickHouse = new ClickHouse(
                configuration,
                tables,
                TestFairness.queue(),
                () -> new ReadContext("request-1", "GET /v1", nanos::add, false, Departure.NEVER),
                new ObjectMapper(),
                new SimpleMeterRegistry(),
                OpenTelemetry.noop());
        try {
            reader.accept(clickHouse);
            return sent.get();
        } finally {
            clickHouse.close();
        }
    }

    private static Set<String> changeable() throws IOException {
        try (var file = ClickHouseRequestTest.class.getResourceAsStream("/db/access/1_users.sql")) {
            String sql = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            String profile = sql.substring(sql.indexOf("ALTER SETTINGS PROFILE quarry_reader"));
            return Pattern.compile("^ {4}(\\w+)[^,;]* CHANGEABLE_IN_READONLY[,;]$", Pattern.MULTILINE)
                    .matcher(profile.substring(0, profile.indexOf(';') + 1))
                    .results()
                    .map(found -> found.group(1))
                    .collect(TreeSet::new, Set::add, Set::addAll);
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
