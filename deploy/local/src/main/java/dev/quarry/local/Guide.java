package dev.quarry.local;

import dev.quarry.schema.Retention;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The text that {@code ./quarry up} prints once the stack is ready: addresses, and a first request to each family as a
 * command to paste.
 *
 * @param lastCheck last day of the sample of the integrations and organisations families; empty if the samples were not
 *     loaded, and then the guide has no example queries
 */
record Guide(String gateway, Path keysFile, Path storesFile, LocalKeys keys, Optional<LocalDate> lastCheck) {

    private static final int DASHBOARD_DAYS = 30;
    private static final Retention STANDARD = Retention.standard();

    List<String> lines() {
        List<String> lines = new ArrayList<>(List.of(
                "",
                "See the numbers, signed in: %s/#code=%s".formatted(gateway, keys.pageCode()),
                "Quarry answers at %s (/docs has the API documents; Ctrl-C stops everything).".formatted(gateway),
                "Keys, the same at the next start unless with --new-keys: %s".formatted(keysFile),
                "Addresses to send events to (see deploy/schema/BRONZE.md): %s".formatted(storesFile),
                "This stack keeps rows for 50 years; elsewhere the defaults are %d days for events, %d for logs, %d for errors and web vitals."
                        .formatted(STANDARD.eventDays(), STANDARD.logDays(), STANDARD.errorDays()),
                ""));
        lastCheck.ifPresent(end -> lines.addAll(questions(end)));
        return lines;
    }

    private List<String> questions(LocalDate end) {
        return List.of(
                "Daily active users and tool calls of a shop's customers, November 2011:",
                apiKey(Service.METRICS, "/v1/metrics/dau?from=2011-11-01&to=2011-11-30"),
                apiKey(Service.METRICS, "/v1/metrics/tool-calls?from=2011-11-01&to=2011-11-30"),
                "",
                "A web server's requests, a month of integration checks, the same checks as executions:",
                bearer(Service.APPS, "/v1/apps/web/logs?log_type=requests&hours=168"),
                apiKey(
                        Service.INTEGRATIONS,
                        "/v1/analytics/integrations/dashboard?granularity=day&start_date=%s&end_date=%s"
                                .formatted(end.minusDays(DASHBOARD_DAYS - 1), end)),
                bearer(
                        Service.ORG,
                        "/v1/orgs/%s/workspaces/d33bs-upptime-curc/analytics/executions/daily?days=30"
                                .formatted(LocalKeys.ORGANIZATION)),
                "");
    }

    private String apiKey(Service service, String uri) {
        return curl("x-api-key: " + keys.key(service), uri);
    }

    private String bearer(Service service, String uri) {
        return curl("Authorization: Bearer " + keys.key(service), uri);
    }

    private String curl(String header, String uri) {
        return "curl -sS -H '%s' '%s%s'".formatted(header, gateway, uri);
    }
}
