package dev.quarry.local;

import static java.util.stream.Collectors.toSet;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.quarry.local.gateway.Nginx;
import dev.quarry.schema.accounts.AccountsCommand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole stack as a newcomer meets it: what {@code ./quarry up} prints works, the numbers are the recording's, it
 * mends itself, and it goes without a trace.
 *
 * <p>The services run from what {@code ./quarry build} has packaged.
 */
@Timeout(600)
class StackTest {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    /** Metrics keys may ask 200 times a minute. */
    private static final Duration CALMLY = Duration.ofSeconds(1);

    private static final String SITE = "http://localhost:5173";
    private static final int STOPPED_BY_SIGTERM = 128 + 15;
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private static Path temporary;

    private static Path directory;
    private static HttpClient client;
    private static Map<Port, Integer> ports;
    private static LaunchedStack stack;

    @BeforeAll
    static void start() throws IOException {
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        directory = temporary.resolve("state");
        ports = LaunchedStack.freePorts();
        stack = LaunchedStack.start(directory, ports);
    }

    @AfterAll
    static void stop() throws IOException {
        client.close();
        if (stack != null) {
            assertStopsWithoutATrace();
        }
    }

    @Test
    void everyPrintedLineWorksWhenPasted() {
        assertAll(stack.curls().stream()
                .map(line ->
                        () -> await(line).atMost(TIMEOUT).pollInterval(CALMLY).untilAsserted(() -> {
                            String[] said =
                                    paste(line + " -w '\\n%{http_code}'").split("\n(?=\\d+$)", 2);
                            assertEquals("200", said[1], said[0]);
                            assertTrue(hasNumbers(JSON.readTree(said[0])), said[0]);
                        })));
    }

    @Test
    void theReadmesFirstRequestHasTheAnswerShownThere() throws IOException {
        String readme = Files.readString(Path.of(System.getProperty("quarry.home"), "README.md"));
        Matcher question =
                Pattern.compile("```\n(source [^`]+)```\n\n```json\n([^`]+)```").matcher(readme);
        assertTrue(question.find());
        String lines = question.group(1).replace(".quarry/keys.env", "'" + stack.keysFile() + "'");

        await().atMost(TIMEOUT)
                .pollInterval(CALMLY)
                .untilAsserted(() -> assertEquals(JSON.readTree(question.group(2)), JSON.readTree(paste(lines))));
    }

    /** Runs every block of lines that begins with {@code source}: queries get data, and inserts are accepted. */
    @Test
    void theLinesOfTheReadmesWorkWhenPasted() throws IOException {
        List<Executable> checks = new ArrayList<>();
        for (String page : List.of(
                "apps-analytics-service/README.md",
                "product-metrics-service/README.md",
                "integration-analytics-service/README.md",
                "org-analytics-service/README.md")) {
            String readme = Files.readString(Path.of(System.getProperty("quarry.home"), page));
            List<String> blocks = Pattern.compile("(?m)^```\\n((?:\\$ )?source .quarry/[^`]+)^```$")
                    .matcher(readme)
                    .results()
                    .map(block -> block.group(1))
                    // A tail does not end.
                    .filter(block -> !block.contains(" -N "))
                    .toList();
            assertTrue(blocks.stream().anyMatch(block -> block.contains("keys.env")), page);
            assertTrue(blocks.stream().anyMatch(block -> block.contains("INSERT+INTO")), page);
            blocks.forEach(block -> checks.add(() -> await(page)
                    .atMost(TIMEOUT)
                    .pollInterval(CALMLY)
                    .untilAsserted(() -> assertWorksWhenPasted(block))));
        }
        assertAll(checks);
    }

    private static void assertWorksWhenPasted(String block) throws Exception {
        List<String> commands = block.startsWith("$ ")
                ? block.lines()
                        .filter(line -> line.startsWith("$ "))
                        .map(line -> line.substring(2))
                        .toList()
                : List.of(block);
        String source = "";
        for (String command : commands) {
            String local = command.replace("source .quarry/", "source '" + directory + "'/")
                    .replace("curl -sS ", "curl -sS --fail-with-body ");
            if (local.startsWith("source ") && commands.size() > 1) {
                source = local + "\n";
            } else {
                String said = paste(source + local);
                if (command.contains("INSERT+INTO")) {
                    assertEquals("", said);
                } else {
                    // With -i, the headers come before the answer.
                    JsonNode answer = JSON.readTree(said.substring(said.lastIndexOf("\r\n\r\n") + 1));
                    assertTrue(hasNumbers(answer) || !answer.path("entries").isEmpty(), said);
                }
            }
        }
    }

    @Test
    void onlyTheOwnerCanReadTheKeys() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(stack.keysFile())));
    }

    @Test
    void dailyUsersAndToolCallsAreTheRecordings() {
        assertServesTheRecording();
    }

    @Test
    void anotherOrganizationSeesNothing() throws Exception {
        assertServesTheRecording();

        Map<String, String> keys = stack.keys();
        for (String metric : List.of("dau", "tool-calls")) {
            assertEquals(Recording.nothing(), series(metric, keys.get("OTHER_MCPEEK_KEY")), metric);
        }
        URI logs = stack.at(Port.GATEWAY, "/v1/apps/web/logs?log_type=requests&hours=168");
        assertEquals(
                404,
                get(logs, "Authorization", "Bearer " + keys.get("OTHER_MIXPEEK_KEY"))
                        .statusCode());
        URI executions = stack.at(
                Port.GATEWAY, "/v1/orgs/org_demo/workspaces/d33bs-upptime-curc/analytics/executions/daily?days=30");
        HttpResponse<String> refusal = get(executions, "Authorization", "Bearer " + keys.get("OTHER_MECHA_TOKEN"));
        assertTrue(Set.of(403, 404).contains(refusal.statusCode()), refusal.body());
    }

    @Test
    void eachServiceIsReadyMeasuredAndDocumented() throws Exception {
        for (Service service : Service.values()) {
            assertEquals(
                    "UP",
                    JSON.readTree(answer(stack.at(service.port(), "/q/health/ready")))
                            .path("status")
                            .textValue());
            assertTrue(answer(stack.at(service.port(), "/q/metrics")).contains("# TYPE jvm_memory_used_bytes gauge"));
            String openapi = answer(stack.at(service.port(), "/q/openapi"));
            assertTrue(openapi.startsWith("---\nopenapi: 3.1.0\n"), openapi);
            assertTrue(answer(stack.at(service.port(), "/q/swagger-ui")).contains("<html"));
        }
    }

    @Test
    void theGatewayListsAllRoutesAndLeadsToTheirDocuments() throws Exception {
        JsonNode routes = JSON.readTree(answer(stack.at(Port.GATEWAY, "/"))).path("routes");
        Set<String> prefixes = Arrays.stream(Service.values())
                .map(service -> service.upstream(stack.port(service.port())).prefix())
                .collect(toSet());
        assertEquals(
                prefixes,
                routes.valueStream()
                        .map(route -> route.path("prefix").textValue())
                        .collect(toSet()));
        for (JsonNode route : routes) {
            String prefix = route.path("prefix").textValue();
            String openapi = answer(stack.at(Port.GATEWAY, route.path("openapi").textValue()));
            assertTrue(openapi.contains("\n  " + prefix), openapi);
        }
        assertEquals(
                "UP",
                JSON.readTree(answer(stack.at(Port.GATEWAY, "/q/health")))
                        .path("status")
                        .textValue());
    }

    @Test
    void aSecondStartKeepsTheDataAndTheKeysAndTakesOptions() throws Exception {
        assertServesTheRecording();
        Map<String, String> before = stack.keys();
        List<String> clickHouse = clickHouseVariables();

        assertStopsWithoutATrace();
        stack = LaunchedStack.start(directory, ports, Map.of(), "--cors-origin=" + SITE);

        assertEquals(clickHouse, clickHouseVariables());

        assertFalse(stack.output().contains("sample "), stack.output());
        assertServesTheRecording();
        assertEquals(before, stack.keys());
        assertAPageMayCall(SITE, SITE);
        assertAPageMayCall("http://localhost:5174", "none");

        stack.kill();
        stack = LaunchedStack.start(directory, ports, Map.of(), "--new-keys");
        assertTrue(stack.output().contains("which an earlier start left behind"), stack.output());

        Map<String, String> after = stack.keys();
        assertEquals(before.keySet(), after.keySet());
        after.forEach((name, value) -> {
            boolean isSecret = name.endsWith("_KEY") || name.endsWith("_TOKEN");
            assertEquals(isSecret, !value.equals(before.get(name)), name);
        });
        URI dau = stack.at(Port.GATEWAY, "/v1/metrics/dau");
        assertEquals(401, get(dau, "x-api-key", before.get("MCPEEK_KEY")).statusCode());
        assertAPageMayCall(SITE, "none");
    }

    /** As a browser asks before and after a request with a key. */
    private static void assertAPageMayCall(String origin, String allowed) throws Exception {
        for (Service service : Service.values()) {
            HttpRequest question = firstQuestion(service);
            HttpResponse<String> before = send(HttpRequest.newBuilder(question.uri())
                    .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                    .header("Origin", origin)
                    .header("Access-Control-Request-Method", "GET")
                    .header("Access-Control-Request-Headers", "authorization,x-api-key")
                    .timeout(TIMEOUT)
                    .build());
            HttpResponse<String> answer = send(HttpRequest.newBuilder(question, (name, value) -> true)
                    .header("Origin", origin)
                    .build());
            for (HttpResponse<String> response : List.of(before, answer)) {
                assertEquals(
                        allowed,
                        response.headers()
                                .firstValue("Access-Control-Allow-Origin")
                                .orElse("none"),
                        service + " " + response);
            }
            if (!allowed.equals("none")) {
                assertEquals(200, answer.statusCode(), answer.body());
                assertTrue(before.headers()
                        .firstValue("Access-Control-Allow-Headers")
                        .orElse("")
                        .toLowerCase(Locale.ROOT)
                        .contains("x-api-key"));
            }
        }
    }

    @Test
    void aKeyOfTheCommandWorksUntilItIsRevoked() throws Exception {
        String key = account("org create org_command --key=metrics");
        URI dau = stack.at(Port.GATEWAY, "/v1/metrics/dau");
        assertEquals(200, get(dau, "x-api-key", key).statusCode());
        URI logs = stack.at(Port.GATEWAY, "/v1/apps/web/logs");
        assertEquals(403, get(logs, "Authorization", "Bearer " + key).statusCode());

        account("member create anna --organization=org_command");
        String token = account("session create --user=anna");
        HttpRequest bySession = HttpRequest.newBuilder(dau)
                .header("x-session-token", token)
                .header("x-organization-id", "org_command")
                .timeout(TIMEOUT)
                .build();
        assertEquals(200, send(bySession).statusCode());

        account("org revoke org_command");
        account("member revoke anna");
        await().atMost(TIMEOUT).until(() -> get(dau, "x-api-key", key).statusCode() == 401);
        await().atMost(TIMEOUT).until(() -> send(bySession).statusCode() == 401);
    }

    /** {@return what the command prints on standard output} */
    private static String account(String arguments) throws Exception {
        return paste("set -a; source '%s'; set +a; '%s' -cp '%s' %s %s 2>/dev/null"
                        .formatted(
                                stack.storesFile(),
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                System.getProperty("java.class.path"),
                                AccountsCommand.class.getName(),
                                arguments))
                .strip();
    }

    @Test
    void nginxForwardsAnswersAndAnswersItsErrorsInTheFamiliesFormats() throws Exception {
        Nginx.require();
        Map<String, String> upstreams = Map.of(
                "QUARRY_APPS_UPSTREAM", "127.0.0.1:" + stack.port(Port.APPS),
                "QUARRY_METRICS_UPSTREAM", "127.0.0.1:" + stack.port(Port.METRICS),
                "QUARRY_INTEGRATIONS_UPSTREAM", "127.0.0.1:" + stack.port(Port.INTEGRATIONS),
                "QUARRY_ORGS_UPSTREAM", "127.0.0.1:" + stack.port(Port.ORG));
        try (Nginx nginx = Nginx.start(Files.createDirectory(temporary.resolve("nginx")), upstreams)) {
            for (Service service : Service.values()) {
                HttpRequest question = firstQuestion(service);
                URI through = at(
                        nginx,
                        question.uri().getRawPath() + "?" + question.uri().getRawQuery());
                HttpRequest same = HttpRequest.newBuilder(question, (name, value) -> true)
                        .uri(through)
                        .build();
                assertEquals(200, send(same).statusCode(), through::toString);

                String prefix = service.upstream(0).prefix();
                HttpResponse<String> ofService = send(plain(at(nginx, prefix + "/no/such/route")));
                HttpResponse<String> ofGateway = send(plain(at(nginx, prefix + "?text=" + "x".repeat(9_000))));
                assertEquals(404, ofService.statusCode(), ofService.body());
                assertEquals(414, ofGateway.statusCode(), ofGateway.body());
                assertEquals(Shape.of(JSON.readTree(ofService.body())), Shape.of(JSON.readTree(ofGateway.body())));
            }
        }
    }

    @Test
    void aUsedPortIsReportedInOneSentence() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Map<Port, Integer> wanted = LaunchedStack.freePorts();
            wanted.put(Port.GATEWAY, taken.getLocalPort());

            LaunchedStack refused = LaunchedStack.launch(temporary.resolve("other"), wanted);

            assertEquals(1, refused.awaitExit(), refused.output());
            assertEquals(
                    "quarry: Another program uses port %d: stop it, or choose another port with --gateway-port=PORT (or QUARRY_GATEWAY_PORT).%n"
                            .formatted(taken.getLocalPort()),
                    refused.output());
        }
    }

    private static List<String> clickHouseVariables() throws IOException {
        return Files.readAllLines(directory.resolve("stores.env")).stream()
                .filter(line -> line.startsWith("QUARRY_CLICKHOUSE_"))
                .toList();
    }

    private static void assertStopsWithoutATrace() throws IOException {
        List<ProcessHandle> running = stack.processes();
        // The launcher, PostgreSQL, the engine and the services, at least.
        assertTrue(running.size() >= 3 + Service.values().length, running.toString());

        assertEquals(STOPPED_BY_SIGTERM, stack.stop(), stack.output());

        List<ProcessHandle> left = running.stream().filter(Processes::isRunning).toList();
        assertEquals(List.of(), left, stack.output());
        assertTrue(stack.output().contains("Stopped. The data is kept in "), stack.output());
        assertFalse(Files.exists(directory.resolve("stores.env")));
    }

    /** Every day of the recording, and nothing on the days between; awaited, for gold follows the load in seconds. */
    private static void assertServesTheRecording() {
        await().atMost(TIMEOUT).pollInterval(CALMLY).untilAsserted(() -> {
            String key = stack.keys().get("MCPEEK_KEY");
            assertEquals(Recording.dailyUsers(), series("dau", key));
            assertEquals(Recording.toolCalls(), series("tool-calls", key));
        });
    }

    private static SortedMap<LocalDate, Long> series(String metric, String key) throws Exception {
        HttpResponse<String> answer = get(stack.at(Port.GATEWAY, Recording.path(metric)), "x-api-key", key);
        assertEquals(200, answer.statusCode(), answer.body());
        return Recording.series(JSON.readTree(answer.body()));
    }

    /** The question that the guide shows for the family. */
    private static HttpRequest firstQuestion(Service service) {
        return stack.firstQuestion(service);
    }

    private static String answer(URI uri) throws Exception {
        HttpResponse<String> response = send(plain(uri));
        assertEquals(200, response.statusCode(), () -> uri + ": " + response.body());
        return response.body();
    }

    private static URI at(Nginx nginx, String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(nginx.port(), path));
    }

    private static HttpRequest plain(URI uri) {
        return HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
    }

    private static HttpResponse<String> get(URI uri, String header, String value) throws Exception {
        return send(HttpRequest.newBuilder(uri)
                .header(header, value)
                .timeout(TIMEOUT)
                .build());
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofString());
    }

    /** What it prints when it is pasted into a terminal. */
    private static String paste(String lines) throws Exception {
        Process shell = new ProcessBuilder("bash", "-c", lines)
                .redirectErrorStream(true)
                .start();
        try (var output = shell.getInputStream()) {
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, shell.waitFor(), said);
            return said;
        }
    }

    /** Whether it says anything: some number in it is not 0. */
    private static boolean hasNumbers(JsonNode answer) {
        return answer.isNumber()
                ? answer.doubleValue() != 0
                : answer.valueStream().anyMatch(StackTest::hasNumbers);
    }
}
