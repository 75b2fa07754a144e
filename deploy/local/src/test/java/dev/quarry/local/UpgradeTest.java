package dev.quarry.local;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.clickhouse.client.api.Client;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.quarry.schema.ClickHouseAddress;
import dev.quarry.schema.EarlierRelease;
import dev.quarry.schema.MigratorSettings;
import dev.quarry.schema.Retention;
import dev.quarry.schema.VerifyCommand;
import dev.quarry.schema.accounts.Secret;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./quarry up} on the data directory of the release before, which has rows that its rollup job did not count yet. */
@Timeout(600)
class UpgradeTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Duration CALMLY = Duration.ofSeconds(1);
    private static final LocalDate FIRST_DAY = LocalDate.of(2025, 3, 1);
    private static final int DAYS = 5;
    private static final JsonMapper JSON = new JsonMapper();
    private static final String ORGANIZATION = "org_earlier";
    private static final Map<Service, String> KEYS = Map.of(
            Service.METRICS, Service.METRICS.keyPrefix() + "a".repeat(40),
            Service.ORG, Service.ORG.keyPrefix() + "b".repeat(40));

    @TempDir
    private Path temporary;

    /** A tool call, or an execution that failed or not. */
    private record Event(LocalDate day, String user, boolean failed) {}

    @Test
    void theServicesCountTheRowsOfTheReleaseBeforeAndNewOnes() throws Exception {
        Path root = temporary.resolve("state");
        List<Event> before = events(1);
        createEarlierRelease(root, before);

        LaunchedStack stack = LaunchedStack.start(root, LaunchedStack.freePorts());
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertCounts(before, stack, client);

            List<Event> all = new ArrayList<>(before);
            List<Event> later = events(2);
            all.addAll(later);
            Map<String, String> stores = stack.stores();
            insert(
                    new ClickHouseAddress(
                            stores.get("QUARRY_CLICKHOUSE_URL"),
                            stores.get("QUARRY_CLICKHOUSE_DATABASE"),
                            stores.get("QUARRY_CLICKHOUSE_USER"),
                            stores.get("QUARRY_CLICKHOUSE_PASSWORD")),
                    later);
            assertCounts(all, stack, client);

            var output = new ByteArrayOutputStream();
            var printed = new PrintStream(output, true, StandardCharsets.UTF_8);
            int status = VerifyCommand.run(List.of("--organization=" + ORGANIZATION), stores, printed, printed);
            assertEquals(0, status, () -> output.toString(StandardCharsets.UTF_8));
        } finally {
            stack.stop();
        }
    }

    /** Day {@code n} has {@code n * times} calls, of {@code n} users, and as many executions. */
    private static List<Event> events(int times) {
        List<Event> events = new ArrayList<>();
        for (int day = 1; day <= DAYS; day++) {
            for (int call = 0; call < day * times; call++) {
                events.add(new Event(FIRST_DAY.plusDays(day - 1L), "user" + call % day, call % 3 == 0));
            }
        }
        return events;
    }

    private static void createEarlierRelease(Path root, List<Event> events) throws Exception {
        try (StackDirectory directory = StackDirectory.open(root);
                LocalPostgres postgres =
                        LocalPostgres.start(directory.data(), freePort(), directory.log("postgresql"));
                LocalEngine engine =
                        LocalEngine.start(directory.data(), directory.backups(), freePort(), directory.log("engine"))) {
            EarlierRelease.newest()
                    .create(new MigratorSettings(engine.address(), postgres.address(), Retention.longest()));
            insert(engine.address(), events);
            try (Connection connection = postgres.address().open()) {
                execute(
                        connection,
                        "INSERT INTO organizations (organization_id, name) VALUES (?, 'Earlier')",
                        ORGANIZATION);
                execute(
                        connection,
                        "INSERT INTO workspaces (organization_id, workspace_id, name) VALUES (?, 'w', 'W')",
                        ORGANIZATION);
                execute(
                        connection,
                        "INSERT INTO secrets (organization_id, workspace_id, secret_id, type) VALUES (?, 'w', 's', 'token')",
                        ORGANIZATION);
                for (var entry : KEYS.entrySet()) {
                    execute(
                            connection,
                            """
                            INSERT INTO api_keys (organization_id, key_id, name, prefix, key_sha256, permissions)
                            VALUES (?, ?, '', '', ?, ?)
                            """,
                            ORGANIZATION,
                            entry.getKey().name(),
                            Secret.sha256(entry.getValue()),
                            new String[] {entry.getKey().permission()});
                }
            }
        }
    }

    private static void execute(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int index = 0; index < values.length; index++) {
                statement.setObject(index + 1, values[index]);
            }
            statement.executeUpdate();
        }
    }

    private static void insert(ClickHouseAddress clickHouse, List<Event> events) throws Exception {
        String calls = events.stream()
                .map(event -> "('%s', '%s', '%s 10:00:00', '%s', 'tool_call')"
                        .formatted(ORGANIZATION, UUID.randomUUID(), event.day(), event.user()))
                .collect(Collectors.joining(","));
        String executions = events.stream()
                .map(event -> "('%s', '%s', '%s 10:00:00', 'w', '%s', 5)"
                        .formatted(ORGANIZATION, UUID.randomUUID(), event.day(), event.failed() ? "failed" : "success"))
                .collect(Collectors.joining(","));
        try (Client client = clickHouse.open()) {
            client.execute("INSERT INTO quarry.events (organization_id, event_id, time, user_id, kind) VALUES " + calls)
                    .get()
                    .close();
            client.execute(
                            "INSERT INTO quarry.executions (organization_id, event_id, time, workspace_id, status, duration_ms) VALUES "
                                    + executions)
                    .get()
                    .close();
        }
    }

    /** Awaits the numbers of these events, which the rollup job counts within seconds. */
    private static void assertCounts(List<Event> events, LaunchedStack stack, HttpClient client) throws Exception {
        Map<LocalDate, Long> calls =
                events.stream().collect(Collectors.groupingBy(Event::day, TreeMap::new, Collectors.counting()));
        Map<LocalDate, Long> users = new TreeMap<>();
        calls.keySet()
                .forEach(day -> users.put(
                        day,
                        events.stream()
                                .filter(event -> event.day().equals(day))
                                .map(Event::user)
                                .distinct()
                                .count()));
        long failed = events.stream().filter(Event::failed).count();
        await().atMost(TIMEOUT).pollInterval(CALMLY).untilAsserted(() -> {
            assertEquals(calls, series("tool-calls", stack, client));
            assertEquals(users, series("dau", stack, client));
            JsonNode executions = answer(
                    stack.at(Port.GATEWAY, "/v1/orgs/org_earlier/workspaces/w/analytics/executions"),
                    "Authorization",
                    "Bearer " + KEYS.get(Service.ORG),
                    client);
            assertEquals(events.size(), executions.path("total").longValue());
            assertEquals(failed, executions.path("failed").longValue());
        });
        assertEquals(
                1,
                answer(
                                stack.at(Port.GATEWAY, "/v1/orgs/org_earlier/workspaces/w/analytics/resources"),
                                "Authorization",
                                "Bearer " + KEYS.get(Service.ORG),
                                client)
                        .path("secrets")
                        .longValue());
    }

    private static Map<LocalDate, Long> series(String metric, LaunchedStack stack, HttpClient client) throws Exception {
        LocalDate end = FIRST_DAY.plusDays(DAYS - 1L);
        return Recording.series(answer(
                stack.at(Port.GATEWAY, "/v1/metrics/%s?from=%s&to=%s".formatted(metric, FIRST_DAY, end)),
                "x-api-key",
                KEYS.get(Service.METRICS),
                client));
    }

    private static JsonNode answer(URI uri, String header, String value, HttpClient client) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header(header, value)
                .timeout(TIMEOUT)
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        assertEquals(200, response.statusCode(), response.body());
        return JSON.readTree(response.body());
    }

    private static int freePort() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
