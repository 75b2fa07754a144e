package dev.quarry.local;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Breaks one part of the stack after the other while clients of all four families send requests through the gateway. Every
 * 200 has the right answer, every other answer has the family's format and a promised status, and after the fault all
 * requests are answered again within {@link #RECOVERED}.
 *
 * <p>Services keep no answers, so that each request reads the stores, and give up on a frozen store after a few seconds.
 * What clients saw is written to {@code target/faults.txt}.
 */
@Timeout(600)
class FaultsTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    /** The longest time from the end of a fault until all requests are answered. */
    private static final Duration RECOVERED = Duration.ofSeconds(60);

    private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(20);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Map<String, String> SETTINGS = Map.of(
            "QUARRY_ANSWER_CACHE_BYTES", "0",
            "QUARRY_RATE_LIMIT_REQUESTS", "1000000",
            "QUARRY_CLICKHOUSE_GUARDS_TIME", "2s",
            "QUARRY_CLICKHOUSE_TIMEOUT_MARGIN", "1s",
            "QUARRY_POSTGRES_TIMEOUT", "2s");

    private static final String WORKSPACE = "d33bs-upptime-curc";
    private static final int NAMESPACES = 7;
    private static final String ENGINE = "ClickHouse engine";
    private static final String DAY = "2012-02-29";
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private static Path temporary;

    private static final List<String> REPORT = new ArrayList<>();
    private static HttpClient client;
    private static LaunchedStack stack;
    private static List<Question> questions;
    private static Map<Service, SortedMap<String, Object>> errors;

    private enum Part {
        CLICKHOUSE,
        POSTGRES,
        SERVICE
    }

    /**
     * A request whose answer is known.
     *
     * @param reads the stores without which the service cannot answer, if it knows the key
     */
    private record Question(Service service, HttpRequest request, Set<Part> reads, Predicate<JsonNode> isRight) {
        boolean needs(Part part, Optional<Service> broken) {
            return part == Part.SERVICE ? broken.equals(Optional.of(service)) : reads.contains(part);
        }
    }

    /**
     * An answer during a fault.
     *
     * @param status 0 if the connection broke
     * @param complaint what is wrong with it; empty if nothing is
     * @param at when it came, as {@link System#nanoTime}
     */
    private record Seen(Question question, int status, String complaint, long at) {}

    @BeforeAll
    static void start() throws Exception {
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        stack = LaunchedStack.startOnSmallDisk(temporary.resolve("state"), LaunchedStack.freePorts(), SETTINGS);
        addNamespaces();
        String key = stack.keys().get("MCPEEK_KEY");
        var dailyUsers = Recording.dailyUsers();
        var toolCalls = Recording.toolCalls();
        questions = List.of(
                new Question(
                        Service.METRICS,
                        get(Recording.path("dau"), "x-api-key", key),
                        EnumSet.of(Part.CLICKHOUSE),
                        answer -> Recording.series(answer).equals(dailyUsers)),
                new Question(
                        Service.METRICS,
                        get(Recording.path("tool-calls"), "x-api-key", key),
                        EnumSet.of(Part.CLICKHOUSE),
                        answer -> Recording.series(answer).equals(toolCalls)),
                asBefore(Service.INTEGRATIONS, stack.firstQuestion(Service.INTEGRATIONS), EnumSet.of(Part.CLICKHOUSE)),
                asBefore(Service.APPS, stack.firstQuestion(Service.APPS), EnumSet.of(Part.CLICKHOUSE, Part.POSTGRES)),
                asBefore(Service.ORG, stack.firstQuestion(Service.ORG), EnumSet.of(Part.CLICKHOUSE, Part.POSTGRES)),
                new Question(
                        Service.ORG,
                        get(
                                "/v1/orgs/%s/workspaces/%s/analytics/resources"
                                        .formatted(LocalKeys.ORGANIZATION, WORKSPACE),
                                "Authorization",
                                "Bearer " + stack.keys().get("MECHA_TOKEN")),
                        EnumSet.of(Part.POSTGRES),
                        answer -> answer.path("namespaces").asInt() == NAMESPACES));
        questions.forEach(FaultsTest::awaitRightAnswer);
        errors = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            URI nowhere = stack.at(Port.GATEWAY, service.upstream(0).prefix() + "/no/such/route");
            String body = send(HttpRequest.newBuilder(nowhere).timeout(TIMEOUT).build())
                    .body();
            errors.put(service, Shape.of(JSON.readTree(body)));
        }
    }

    @AfterAll
    static void stop() throws IOException {
        client.close();
        if (stack != null) {
            stack.stop();
        }
        Files.write(Path.of("target/faults.txt"), REPORT);
    }

    /** The question with its answer once that counts everything that the stack has loaded. */
    private static Question asBefore(Service service, HttpRequest request, Set<Part> reads) {
        Instant loaded = Instant.now();
        var answers = new ArrayList<JsonNode>();
        await(service.module()).atMost(TIMEOUT).until(() -> {
            HttpResponse<String> answer = send(request);
            if (answer.statusCode() != 200 || !counts(answer, loaded)) {
                return false;
            }
            JsonNode body = tree(answer.body());
            answers.add(body);
            return hasNumbers(body) || !body.path("entries").isEmpty();
        });
        JsonNode right = answers.getLast();
        return new Question(service, request, reads, right::equals);
    }

    /** Whether the answer counts every event that was stored before a moment. Logs do not say, and are never behind. */
    private static boolean counts(HttpResponse<String> answer, Instant moment) {
        return answer.headers()
                .firstValue("X-Data-As-Of")
                .map(asOf -> Instant.parse(asOf).isAfter(moment))
                .orElse(answer.uri().getPath().endsWith("/logs"));
    }

    private static void awaitRightAnswer(Question question) {
        await(question.request().uri().getPath()).atMost(TIMEOUT).until(() -> {
            HttpResponse<String> answer = send(question.request());
            return answer.statusCode() == 200 && question.isRight().test(tree(answer.body()));
        });
    }

    @Test
    void engineIsKilled() throws Exception {
        ProcessHandle engine = process(ENGINE);
        during("engine killed", Part.CLICKHOUSE, Optional.empty(), Set.of(503), watch -> {
            engine.destroyForcibly();
            Set<Service> down = EnumSet.noneOf(Service.class);
            patiently().until(() -> {
                down.addAll(whoseHealthIs(503));
                return down.equals(EnumSet.allOf(Service.class));
            });
            watch.awaitNoticed();
            awaitRestart(ENGINE, engine);
        });
        patiently().until(() -> whoseHealthIs(200).equals(EnumSet.allOf(Service.class)));
        assertTrue(stack.output().contains("ClickHouse engine runs again."), stack.output());
    }

    @Test
    void engineIsFrozen() throws Exception {
        ProcessHandle engine = process(ENGINE);
        during("engine frozen", Part.CLICKHOUSE, Optional.empty(), Set.of(503, 504), watch -> {
            signal("STOP", engine.pid());
            try {
                watch.awaitNoticed();
            } finally {
                signal("CONT", engine.pid());
            }
        });
    }

    @Test
    void engineDiskIsFull() throws Exception {
        assumeTrue(LaunchedStack.canMount(), "this system does not let users mount a small disk");
        Path file = stack.engineFile("fill");
        var users = new HashSet<String>();
        assertEquals(200, insert("before", users));
        during("engine's disk full", Part.CLICKHOUSE, Optional.empty(), Set.of(), watch -> {
            fillDisk(file);
            try {
                patiently().until(() -> insert("refused", users) != 200);
                watch.awaitAnswers();
            } finally {
                Files.delete(file);
            }
        });
        patiently().until(() -> insert("after", users) == 200);
        HttpRequest count = get(
                "/v1/metrics/dau?from=%1$s&to=%1$s".formatted(DAY),
                "x-api-key",
                stack.keys().get("MCPEEK_KEY"));
        patiently().untilAsserted(() -> {
            HttpResponse<String> answer = send(count);
            assertEquals(200, answer.statusCode());
            assertEquals(
                    List.of((long) users.size()),
                    List.copyOf(Recording.series(tree(answer.body())).values()));
        });
    }

    @Test
    void postgresIsKilled() throws Exception {
        ProcessHandle server = stack.postgres().orElseThrow();
        during("PostgreSQL killed", Part.POSTGRES, Optional.empty(), Set.of(503), watch -> {
            server.destroyForcibly();
            watch.awaitNoticed();
            awaitRestartOfPostgres(server);
        });
    }

    @Test
    void postgresIsFrozen() throws Exception {
        ProcessHandle server = stack.postgres().orElseThrow();
        during("PostgreSQL frozen", Part.POSTGRES, Optional.empty(), Set.of(503, 504), watch -> {
            signal("STOP", server.pid());
            List<Long> backends = server.descendants().map(ProcessHandle::pid).toList();
            try {
                for (long backend : backends) {
                    signal("STOP", backend);
                }
                watch.awaitNoticed();
            } finally {
                for (long backend : backends) {
                    signal("CONT", backend);
                }
                signal("CONT", server.pid());
            }
        });
    }

    @Test
    void anotherProgramTakesThePortOfPostgres() throws Exception {
        ProcessHandle server = stack.postgres().orElseThrow();
        int before = stack.output().length();
        during("PostgreSQL killed, its port taken", Part.POSTGRES, Optional.empty(), Set.of(503, 504), watch -> {
            server.destroyForcibly();
            try (var socket = new ServerSocket()) {
                patiently().ignoreExceptions().until(() -> {
                    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), stack.port(Port.POSTGRES)));
                    return true;
                });
                patiently()
                        .until(() -> stack.output()
                                .substring(before)
                                .contains("PostgreSQL does not start again: Another program uses port "
                                        + stack.port(Port.POSTGRES)));
                watch.awaitNoticed();
            }
            awaitRestartOfPostgres(server);
        });
    }

    @Test
    void connectionsToPostgresAreTerminated() throws Exception {
        during("connections to PostgreSQL terminated", Part.POSTGRES, Optional.empty(), Set.of(), watch -> {
            for (int round = 0; round < 10; round++) {
                assertTrue(terminateABackend());
                watch.awaitAnswers();
            }
        });
    }

    /** The first requests after its restart may take longer than the short limits of this test. */
    @Test
    void serviceIsKilled() throws Exception {
        Service service = Service.INTEGRATIONS;
        ProcessHandle process = process(service.module());
        during("service killed", Part.SERVICE, Optional.of(service), Set.of(502, 503, 504), watch -> {
            process.destroyForcibly();
            watch.awaitNoticed();
            awaitRestart(service.module(), process);
        });
    }

    /** A stream is open too when the service is asked to stop. */
    @Test
    void serviceIsTerminatedDuringRequests() throws Exception {
        Service service = Service.APPS;
        ProcessHandle process = process(service.module());
        HttpRequest tail = get(
                "/v1/apps/web/logs/tail",
                "Authorization",
                "Bearer " + stack.keys().get("MIXPEEK_KEY"));
        HttpResponse<Stream<String>> open = client.send(tail, BodyHandlers.ofLines());
        try (var _ = open.body()) {
            assertEquals(200, open.statusCode());
            during("service terminated", Part.SERVICE, Optional.of(service), Set.of(502, 503, 504), watch -> {
                process.destroy();
                watch.awaitNoticed();
                awaitRestart(service.module(), process);
            });
        }
    }

    @FunctionalInterface
    private interface Fault {
        /** Breaks the part, and mends it unless it mends itself. */
        void run(Watch watch) throws Exception;
    }

    /** The answers since the start of a fault. */
    private record Watch(ConcurrentLinkedQueue<Seen> seen, Set<Question> affected) {
        /** Returns once each request that needs the broken part has failed, and each other one then got a 200. */
        void awaitNoticed() {
            patiently().until(() -> {
                Set<Question> failed = questionsOf(seen.stream().filter(answer -> answer.status() != 200));
                return failed.containsAll(affected);
            });
            long now = System.nanoTime();
            patiently().until(() -> {
                Set<Question> answered =
                        questionsOf(seen.stream().filter(answer -> answer.at() > now && answer.status() == 200));
                return questions.stream()
                        .filter(question -> !affected.contains(question))
                        .allMatch(answered::contains);
            });
        }

        /** Returns once each request was answered, whatever the answer is. */
        void awaitAnswers() {
            long now = System.nanoTime();
            patiently()
                    .until(() -> questionsOf(seen.stream().filter(answer -> answer.at() > now))
                            .containsAll(questions));
        }

        private static Set<Question> questionsOf(Stream<Seen> answers) {
            return answers.map(Seen::question).collect(Collectors.toSet());
        }
    }

    /**
     * Sends requests during a fault, and checks all answers.
     *
     * @param part what breaks
     * @param broken the service that breaks
     * @param statuses what requests that need it may get instead of a 200
     */
    private static void during(String name, Part part, Optional<Service> broken, Set<Integer> statuses, Fault fault)
            throws Exception {
        awaitRight(TIMEOUT);
        Set<Question> affected = questions.stream()
                .filter(question -> question.needs(part, broken))
                .collect(Collectors.toSet());
        var seen = new ConcurrentLinkedQueue<Seen>();
        var goOn = new AtomicBoolean(true);
        List<Future<?>> clients = new ArrayList<>();
        long began;
        long recovered;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Question question : questions) {
                clients.add(threads.submit(() -> {
                    while (goOn.get()) {
                        seen.add(ask(question, affected.contains(question) ? statuses : Set.of()));
                        LockSupport.parkNanos(BETWEEN_REQUESTS.toNanos());
                    }
                }));
            }
            try {
                var watch = new Watch(seen, affected);
                watch.awaitAnswers();
                began = System.nanoTime();
                fault.run(watch);
                long mended = System.nanoTime();
                awaitRight(RECOVERED);
                recovered = System.nanoTime() - mended;
            } finally {
                goOn.set(false);
            }
            for (Future<?> each : clients) {
                each.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            }
        }
        report(name, seen, began, recovered);
        List<String> complaints = seen.stream()
                .filter(answer -> !answer.complaint().isEmpty())
                .map(answer -> "%s %d: %s"
                        .formatted(answer.question().request().uri().getPath(), answer.status(), answer.complaint()))
                .distinct()
                .toList();
        assertEquals(List.of(), complaints, name);
    }

    private static Seen ask(Question question, Set<Integer> statuses) {
        try {
            HttpResponse<String> answer = send(question.request());
            return new Seen(question, answer.statusCode(), complaint(question, answer, statuses), System.nanoTime());
        } catch (IOException broken) {
            return new Seen(question, 0, broken.toString(), System.nanoTime());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return new Seen(question, 0, stopping.toString(), System.nanoTime());
        }
    }

    /** What is wrong with the answer; empty if nothing is. */
    private static String complaint(Question question, HttpResponse<String> answer, Set<Integer> statuses) {
        int status = answer.statusCode();
        if (status == 200) {
            return question.isRight().test(tree(answer.body())) ? "" : "wrong: " + answer.body();
        }
        if (!statuses.contains(status)) {
            return "not a promised status: " + answer.body();
        }
        if (!answer.headers().firstValue("Content-Type").orElse("").startsWith("application/json")
                || !Shape.of(tree(answer.body())).equals(errors.get(question.service()))) {
            return "not the family's format: " + answer.headers().map() + answer.body();
        }
        return status == 503 && answer.headers().firstValue("Retry-After").isEmpty() ? "without Retry-After" : "";
    }

    private static void awaitRight(Duration most) {
        for (Question question : questions) {
            await(question.request().uri().getPath())
                    .atMost(most)
                    .pollInterval(POLL)
                    .until(() -> {
                        Seen seen = ask(question, Set.of());
                        return seen.status() == 200 && seen.complaint().isEmpty();
                    });
        }
    }

    /** Adds what each family saw, and for how long. */
    private static void report(String name, ConcurrentLinkedQueue<Seen> seen, long began, long recovered) {
        var line = new StringBuilder("%s: answered again %.1f s after the fault;".formatted(name, recovered / 1e9));
        for (Service service : Service.values()) {
            var statuses = new TreeMap<Integer, Integer>();
            double first = Double.MAX_VALUE;
            double last = 0;
            for (Seen answer : seen) {
                if (answer.question().service() == service && answer.at() >= began) {
                    statuses.merge(answer.status(), 1, Integer::sum);
                    if (answer.status() != 200) {
                        double at = (answer.at() - began) / 1e9;
                        first = Math.min(first, at);
                        last = Math.max(last, at);
                    }
                }
            }
            line.append(" %s %s".formatted(service.module(), statuses));
            if (last > 0) {
                line.append(" from %.1f to %.1f s".formatted(first, last));
            }
            line.append(';');
        }
        REPORT.add(line.toString());
    }

    private static ConditionFactory patiently() {
        return await().atMost(TIMEOUT).pollInterval(POLL);
    }

    private static ProcessHandle process(String part) throws IOException {
        return stack.process(part).orElseThrow();
    }

    private static void awaitRestart(String part, ProcessHandle before) {
        patiently().ignoreExceptions().until(() -> process(part).pid() != before.pid());
    }

    private static void awaitRestartOfPostgres(ProcessHandle before) {
        patiently()
                .ignoreExceptions()
                .until(() -> stack.postgres().orElseThrow().pid() != before.pid());
    }

    private static void signal(String name, long pid) throws Exception {
        run("kill", "-" + name, Long.toString(pid));
    }

    private static void fillDisk(Path file) throws IOException {
        byte[] block = new byte[1 << 20];
        try (var out = Files.newOutputStream(file)) {
            for (int written = 0; written <= LaunchedStack.ENGINE_DISK_MEBIBYTES; written++) {
                out.write(block);
            }
        } catch (IOException full) {
            assertEquals("No space left on device", full.getMessage());
            return;
        }
        fail("The disk has more than %d MiB.".formatted(LaunchedStack.ENGINE_DISK_MEBIBYTES));
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var output = process.getInputStream()) {
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), said);
        }
    }

    private static Connection postgres() throws IOException, SQLException {
        Map<String, String> stores = stack.stores();
        return DriverManager.getConnection(
                stores.get("QUARRY_POSTGRES_URL"),
                stores.get("QUARRY_POSTGRES_USER"),
                stores.get("QUARRY_POSTGRES_PASSWORD"));
    }

    private static void addNamespaces() throws IOException, SQLException {
        try (Connection connection = postgres();
                PreparedStatement insert = connection.prepareStatement("""
                        INSERT INTO namespaces (organization_id, workspace_id, namespace_id)
                        SELECT ?, ?, 'n' || n FROM generate_series(1, ?) AS n
                        """)) {
            insert.setString(1, LocalKeys.ORGANIZATION);
            insert.setString(2, WORKSPACE);
            insert.setInt(3, NAMESPACES);
            insert.executeUpdate();
        }
    }

    /** Ends a connection of a service, as an administrator does. Returns whether there was one. */
    private static boolean terminateABackend() throws IOException, SQLException {
        try (Connection connection = postgres();
                Statement statement = connection.createStatement();
                ResultSet terminated = statement.executeQuery("""
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE usename = current_user AND pid <> pg_backend_pid()
                        ORDER BY state_change DESC NULLS LAST LIMIT 1
                        """)) {
            return terminated.next() && terminated.getBoolean(1);
        }
    }

    /**
     * Inserts an event of a user on {@link #DAY}.
     *
     * @param users gets the user if the engine acknowledges the event
     * @return the engine's status
     */
    private static int insert(String user, Set<String> users) throws Exception {
        Map<String, String> stores = stack.stores();
        String row = "INSERT INTO events FORMAT JSONEachRow\n"
                + JSON.writeValueAsString(Map.of(
                        "organization_id",
                        LocalKeys.ORGANIZATION,
                        "event_id",
                        UUID.nameUUIDFromBytes(user.getBytes(StandardCharsets.UTF_8))
                                .toString(),
                        "time",
                        DAY + " 12:00:00",
                        "user_id",
                        user,
                        "kind",
                        "tool_call"));
        HttpRequest request = HttpRequest.newBuilder(URI.create("%s/?database=%s"
                        .formatted(stores.get("QUARRY_CLICKHOUSE_URL"), stores.get("QUARRY_CLICKHOUSE_DATABASE"))))
                .header("X-ClickHouse-User", stores.get("QUARRY_CLICKHOUSE_USER"))
                .header("X-ClickHouse-Key", stores.get("QUARRY_CLICKHOUSE_PASSWORD"))
                .timeout(TIMEOUT)
                .POST(BodyPublishers.ofString(row))
                .build();
        int status = send(request).statusCode();
        if (status == 200) {
            users.add(user);
        }
        return status;
    }

    private static Set<Service> whoseHealthIs(int status) throws Exception {
        Set<Service> found = EnumSet.noneOf(Service.class);
        for (Service service : Service.values()) {
            HttpRequest question = HttpRequest.newBuilder(stack.at(service.port(), "/q/health"))
                    .timeout(TIMEOUT)
                    .build();
            if (send(question).statusCode() == status) {
                found.add(service);
            }
        }
        return found;
    }

    private static HttpRequest get(String path, String header, String value) {
        return HttpRequest.newBuilder(stack.at(Port.GATEWAY, path))
                .header(header, value)
                .timeout(TIMEOUT)
                .build();
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofString());
    }

    /** An empty text if it is no JSON. */
    private static JsonNode tree(String body) {
        try {
            return JSON.readTree(body);
        } catch (IOException malformed) {
            return JSON.getNodeFactory().textNode("");
        }
    }

    /** Whether some number in it is not 0. */
    private static boolean hasNumbers(JsonNode answer) {
        return answer.isNumber()
                ? answer.doubleValue() != 0
                : answer.valueStream().anyMatch(FaultsTest::hasNumbers);
    }
}
