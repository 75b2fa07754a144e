package dev.quarry.bench;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The mixed traffic of a soak: each family has the same share, and in it each endpoint and organisation. */
final class SoakTraffic {
    private static final long SEED = 50;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int DAYS = 30;

    /** @param family as {@link Bench#family} names it */
    record Question(String family, HttpRequest request) {}

    private final List<String> families;
    private final Map<String, List<Question>> questions = new LinkedHashMap<>();
    private final Random random = new Random(SEED);

    /** @param services by family */
    SoakTraffic(Map<String, ServiceProcess> services) {
        families = List.copyOf(services.keySet());
        services.forEach((family, service) -> {
            List<Question> all = new ArrayList<>();
            for (int organization = 0; organization < SoakData.ORGANIZATIONS; organization++) {
                String key = SoakData.key(family, organization);
                for (String path : paths(family, SoakData.organization(organization))) {
                    HttpRequest request = HttpRequest.newBuilder(service.url(path))
                            .timeout(TIMEOUT)
                            .header("x-api-key", key)
                            .header("Authorization", "Bearer " + key)
                            .build();
                    all.add(new Question(family, request));
                }
            }
            questions.put(family, all);
        });
    }

    List<String> families() {
        return families;
    }

    /** Not safe for concurrent use. */
    Question next() {
        List<Question> family = questions.get(families.get(random.nextInt(families.size())));
        return family.get(random.nextInt(family.size()));
    }

    private static List<String> paths(String family, String organization) {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        LocalDate first = today.minusDays(DAYS - 1);
        return switch (family) {
            case "apps" ->
                List.of(
                        "/v1/apps/web/analytics?hours=24",
                        "/v1/apps/web/analytics?hours=168",
                        "/v1/apps/web/analytics?hours=720",
                        "/v1/apps/web/logs?hours=1",
                        "/v1/apps/web/logs?hours=24",
                        "/v1/apps/web/logs?hours=168&level=error");
            case "metrics" ->
                all(
                        "/v1/metrics/",
                        "?from=%s&to=%s".formatted(first, today),
                        "dau",
                        "wau",
                        "mau",
                        "new-users",
                        "retention",
                        "tool-calls",
                        "daily-sessions",
                        "session-length",
                        "tool-calls-per-user",
                        "power-users",
                        "feature-adoption");
            case "integrations" ->
                all(
                        "/v1/analytics/integrations/",
                        "?start_date=%s&end_date=%s".formatted(first, today),
                        "dashboard",
                        "summary",
                        "usage",
                        "success-rate",
                        "latency",
                        "by-integration",
                        "by-mode",
                        "error-breakdown");
            case "organizations" ->
                all(
                        "/v1/orgs/%s/workspaces/main/analytics".formatted(organization),
                        "",
                        "",
                        "/resources",
                        "/sources",
                        "/executions",
                        "/executions/daily?days=30",
                        "/executions/hourly?hours=168");
            default -> throw new IllegalArgumentException(family);
        };
    }

    private static List<String> all(String before, String after, String... endpoints) {
        return List.of(endpoints).stream()
                .map(endpoint -> before + endpoint + after)
                .toList();
    }
}
