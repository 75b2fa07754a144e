package dev.quarry.clickhouse;

import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.quarry.auth.Caller;
import dev.quarry.auth.Mechanism;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the door sends, read off the wire. The embedded engine has no users, so that a server would accept it is seen from the
 * settings profile that the server's user has.
 */
class DoorRequestTest {
    private static final Caller CALLER = new Caller("acme", Set.of(), Mechanism.API_KEY, "key");
    /** Parameters of the HTTP interface, which are no settings. */
    private static final Set<String> OF_HTTP =
            Set.of("database", "default_format", "query_id", "quota_key", "wait_end_of_query");

    /** One row with one column, which is 1. */
    private static final byte[] ONE = {1, 1, '1', 5, 'U', 'I', 'n', 't', '8', 1};

    private final CompletableFuture<Map<String, String>> sent = new CompletableFuture<>();
    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            sent.complete(Stream.of(exchange.getRequestURI().getRawQuery().split("&"))
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
    void namesTheTenantForRowPoliciesAndQuotas() throws Exception {
        Map<String, String> request = request(Map.of("quarry.clickhouse.tenant-setting", "quarry_tenant"));

        assertEquals("acme", request.get("quarry_tenant"));
        assertEquals("acme", request.get("quota_key"));
    }

    @Test
    void namesNoTenantUnlessToldTo() throws Exception {
        Map<String, String> request = request(Map.of());

        assertFalse(request.containsKey("quarry_tenant"), request.toString());
        assertFalse(request.containsKey("quota_key"), request.toString());
    }

    @Test
    void hasTheTablesOfAShardBehindTheWall() throws Exception {
        String filters = request(Map.of("quarry.clickhouse.cluster", "c1")).get("additional_table_filters");

        for (String table : TenantWall.TABLES) {
            assertTrue(filters.contains("'quarry.%s':'organization_id = \\'acme\\''".formatted(table)), table);
            assertTrue(filters.contains("'quarry.%s_local':'organization_id = \\'acme\\''".formatted(table)), table);
        }
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
                new TreeSet<>(changeable.stream().filter(Engine::isOfQueries).toList()),
                "nothing is changeable that neither the door nor a query sets");
    }

    private Map<String, String> request(Map<String, String> settings) throws Exception {
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
        var engine = new Engine(configuration, new ObjectMapper(), new SimpleMeterRegistry(), OpenTelemetry.noop());
        try {
            long one = new ClickHouse(engine, new TenantWall(configuration))
                    .query(CALLER, "SELECT 1")
                    .one(Row::nextLong);
            assertEquals(1, one);
            return sent.get();
        } finally {
            engine.close();
        }
    }

    private static Set<String> changeable() throws IOException {
        try (var file = DoorRequestTest.class.getResourceAsStream("/db/access/1_users.sql")) {
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
