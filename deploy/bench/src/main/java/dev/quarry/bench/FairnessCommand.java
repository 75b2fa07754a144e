package dev.quarry.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Measures what one organisation feels of another: {@code FairnessCommand ROOT [FAMILY]}. An organisation sends small
 * requests one after the other, first alone, then while another one sends the family's most expensive request on 64
 * connections, with one key and with 200 keys, to the service and through the gateway. The other neighbours are somebody
 * who tries 4,000 unknown keys a second and, for apps, 500 open tails.
 */
public final class FairnessCommand {
    private static final int CONNECTIONS = 64;
    private static final int KEYS = 200;
    private static final int TAILS = 500;
    private static final int UNKNOWN_KEYS_A_SECOND = 4_000;
    private static final Duration WARM_UP = Duration.ofSeconds(8);
    private static final Duration MEASURED = Duration.ofSeconds(15);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String OTHER = "other";

    private FairnessCommand() {}

    /**
     * The requests of a family.
     *
     * @param expensive of the organisation of the {@link Stage}
     * @param small of the other organisation
     * @param resources what the small request needs in PostgreSQL
     */
    private record Requests(String expensive, String small, String resources) {}

    private static final Map<String, Requests> REQUESTS = Map.of(
            "apps",
            new Requests(
                    "/v1/apps/web/logs?hours=168&limit=1000",
                    "/v1/apps/shop/analytics?hours=24",
                    "INSERT INTO apps (organization_id, app_id, name) VALUES ('other', 'shop', 'Other')"),
            "integrations",
            new Requests(
                    "/v1/analytics/integrations/dashboard"
                            + "?start_date=2026-04-24&end_date=2026-04-29&granularity=minute&tz=Asia/Kolkata",
                    "/v1/analytics/integrations/summary?start_date=2026-03-31&end_date=2026-04-29",
                    "SELECT 1"),
            "metrics",
            new Requests(
                    "/v1/metrics/mau?from=2026-01-01&to=2026-04-30&tz=Asia/Kolkata",
                    "/v1/metrics/dau?from=2026-04-01&to=2026-04-30",
                    "SELECT 1"),
            "organizations",
            new Requests(
                    "/v1/orgs/big/workspaces/full/analytics/executions/daily?days=90&tz=Asia/Kolkata",
                    "/v1/orgs/other/workspaces/shop/analytics",
                    "INSERT INTO workspaces (organization_id, workspace_id, name) VALUES ('other', 'shop', 'Other')"));

    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.SEVERE);
        System.out.printf(
                "%-14s %-24s %8s %8s %8s %9s   %s%n",
                "family", "neighbour", "p50 ms", "p99 ms", "requests", "failures", "the neighbour's answers");
        for (Bench bench : BenchCommand.BENCHES) {
            if (arguments.length < 2 || arguments[1].equals(bench.family())) {
                measure(Path.of(arguments[0]), bench);
            }
        }
        System.exit(0);
    }

    private static void measure(Path root, Bench bench) throws Exception {
        Requests requests = REQUESTS.get(bench.family());
        try (Stage stage = Stage.set(root, bench.service(), bench.permission())) {
            bench.fill(stage);
            stage.postgres("INSERT INTO organizations (organization_id, name) VALUES ('other', 'Other')");
            stage.admit(OTHER, OTHER, bench.permission());
            stage.postgres(requests.resources());
            List<String> keys = new ArrayList<>();
            for (int key = 0; key < KEYS; key++) {
                keys.add("neighbour-" + key);
                stage.admit(Stage.ORGANIZATION, keys.getLast(), bench.permission());
            }
            URI small = stage.url(requests.small());
            URI expensive = stage.url(requests.expensive());
            ask(small, WARM_UP);
            alone(bench, small);
            beside(bench, "64 connections, 1 key", small, expensive, keys.subList(0, 1));
            beside(bench, "64 connections, 200 keys", small, expensive, keys);
            besideUnknownKeys(bench, small);
            if (bench.family().equals("apps")) {
                besideTails(bench, small, stage.url("/v1/apps/web/logs/tail"), keys.getFirst());
            }
            try (GatewayProcess gateway = GatewayProcess.before(root, stage.service())) {
                small = gateway.url(requests.small());
                expensive = gateway.url(requests.expensive());
                System.out.println("through the gateway:");
                alone(bench, small);
                beside(bench, "64 connections, 1 key", small, expensive, keys.subList(0, 1));
                beside(bench, "64 connections, 200 keys", small, expensive, keys);
            }
        }
    }

    /** A small request's times in milliseconds, ascending, and how many were not answered with 200. */
    private record Times(List<Double> ascending, long failures) {
        double percentile(int percent) {
            return ascending.get(Math.min(ascending.size() - 1, ascending.size() * percent / 100));
        }
    }

    private static void alone(Bench bench, URI small) throws Exception {
        report(bench, "none", ask(small, MEASURED), Map.of());
    }

    private static void beside(Bench bench, String name, URI small, URI expensive, List<String> keys) throws Exception {
        AtomicBoolean goOn = new AtomicBoolean(true);
        Map<String, LongAdder> answers = new ConcurrentHashMap<>();
        try (HttpClient client = client();
                ExecutorService neighbours = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int connection = 0; connection < CONNECTIONS; connection++) {
                int first = connection;
                var _ = neighbours.submit(() -> {
                    for (int turn = first; goOn.get(); turn += CONNECTIONS) {
                        String answer = status(client, request(expensive, keys.get(turn % keys.size())));
                        answers.computeIfAbsent(answer, _ -> new LongAdder()).increment();
                    }
                    return null;
                });
            }
            ask(small, WARM_UP);
            report(bench, name, ask(small, MEASURED), answers);
            goOn.set(false);
            client.shutdownNow();
        }
    }

    private static void besideTails(Bench bench, URI small, URI tail, String key) throws Exception {
        List<InputStream> tails = new ArrayList<>();
        try (HttpClient client = client()) {
            for (int open = 0; open < TAILS; open++) {
                var answer = client.send(request(tail, key), BodyHandlers.ofInputStream());
                if (answer.statusCode() != 200) {
                    throw new IllegalStateException("Tail " + open + " got " + answer.statusCode());
                }
                tails.add(answer.body());
            }
            ask(small, WARM_UP);
            report(bench, TAILS + " tails of one log", ask(small, MEASURED), Map.of());
            for (InputStream open : tails) {
                open.close();
            }
            client.shutdownNow();
        }
    }

    private static void besideUnknownKeys(Bench bench, URI small) throws Exception {
        try (UnknownKeys neighbour = UnknownKeys.send(small, UNKNOWN_KEYS_A_SECOND)) {
            ask(small, WARM_UP);
            report(bench, UNKNOWN_KEYS_A_SECOND + " unknown keys/s", ask(small, MEASURED), neighbour.answers());
        }
    }

    private static Times ask(URI small, Duration time) throws IOException, InterruptedException {
        List<Double> times = new ArrayList<>();
        long failures = 0;
        long end = System.nanoTime() + time.toNanos();
        try (HttpClient client = client()) {
            while (System.nanoTime() < end) {
                long start = System.nanoTime();
                failures += status(client, request(small, OTHER)).equals("200") ? 0 : 1;
                times.add((System.nanoTime() - start) / 1e6);
            }
        }
        return new Times(times.stream().sorted().toList(), failures);
    }

    private static HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    private static HttpRequest request(URI url, String key) {
        return HttpRequest.newBuilder(url)
                .timeout(TIMEOUT)
                .header("x-api-key", key)
                .header("Authorization", "Bearer " + key)
                .build();
    }

    private static String status(HttpClient client, HttpRequest request) throws InterruptedException {
        try {
            return Integer.toString(
                    client.send(request, BodyHandlers.discarding()).statusCode());
        } catch (IOException broken) {
            return "broken";
        }
    }

    private static void report(Bench bench, String neighbour, Times times, Map<String, LongAdder> answers) {
        System.out.printf(
                "%-14s %-24s %8.1f %8.1f %8d %9d   %s%n",
                bench.family(),
                neighbour,
                times.percentile(50),
                times.percentile(99),
                times.ascending().size(),
                times.failures(),
                answers);
    }
}
