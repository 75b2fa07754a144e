package dev.quarry.local;

import dev.quarry.schema.ClickHouseAddress;
import dev.quarry.schema.MigrationException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The options of {@code ./quarry up}.
 *
 * @param directory the directory for data, logs and keys
 * @param clickHouse the server to use instead of the embedded engine
 * @param samples whether to load the shipped recordings into a new data directory
 * @param newKeys whether to replace the keys of an earlier start
 * @param corsOrigins sites whose pages may call the APIs, for example {@code http://localhost:5173}
 */
record Options(
        Path directory,
        Ports ports,
        Optional<ClickHouseAddress> clickHouse,
        boolean samples,
        boolean newKeys,
        List<String> corsOrigins) {

    static final String USAGE = """
            usage: ./quarry up [options]

              --data=DIR              where data, logs and keys are kept (.quarry in the project)
              --gateway-port=PORT     the address to call (8080)
              --apps-port=PORT        apps-analytics-service (8081)
              --metrics-port=PORT     product-metrics-service (8082)
              --integrations-port=PORT  integration-analytics-service (8083)
              --org-port=PORT         org-analytics-service (8084)
              --clickhouse-port=PORT  the embedded ClickHouse engine (18123)
              --postgres-port=PORT    the embedded PostgreSQL (15432)
              --clickhouse-url=URL    a ClickHouse server to use in place of the embedded engine
              --no-samples            start with empty tables
              --new-keys              make new keys; without it, a directory keeps its keys
              --cors-origin=ORIGIN,...  let pages of these sites call, such as http://localhost:5173

            Each option for a port has a variable (QUARRY_GATEWAY_PORT, ...), and so has the server:
            QUARRY_CLICKHOUSE_URL, QUARRY_CLICKHOUSE_DATABASE, QUARRY_CLICKHOUSE_USER, QUARRY_CLICKHOUSE_PASSWORD.
            Elsewhere than here, QUARKUS_HTTP_CORS_ENABLED=true and QUARKUS_HTTP_CORS_ORIGINS replace --cors-origin.
            """;

    private static final String CORS_ORIGIN = "--cors-origin";
    private static final Pattern ORIGIN = Pattern.compile("https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?");
    private static final Set<String> WITH_VALUE = Stream.concat(
                    Stream.of("--data", "--clickhouse-url", CORS_ORIGIN),
                    Stream.of(Port.values()).map(Port::option))
            .collect(Collectors.toUnmodifiableSet());
    private static final String NO_SAMPLES = "--no-samples";
    private static final String NEW_KEYS = "--new-keys";

    /** @param project the parent of the default directory */
    static Options parse(List<String> arguments, Map<String, String> environment, Path project) throws UsageException {
        Map<String, String> values = new HashMap<>();
        Set<String> flags = new HashSet<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (argument.equals(NO_SAMPLES) || argument.equals(NEW_KEYS)) {
                flags.add(argument);
            } else if (equals > 0 && WITH_VALUE.contains(argument.substring(0, equals))) {
                values.put(argument.substring(0, equals), argument.substring(equals + 1));
            } else if (WITH_VALUE.contains(argument)) {
                throw new UsageException("%s takes a value: %s=...".formatted(argument, argument));
            } else {
                throw new UsageException("There is no option \"%s\".".formatted(argument));
            }
        }
        String data = values.get("--data");
        Path directory = data == null || data.isEmpty() ? project.resolve(".quarry") : Path.of(data);
        return new Options(
                directory.toAbsolutePath().normalize(),
                Ports.of(values, environment),
                clickHouse(values.get("--clickhouse-url"), environment),
                !flags.contains(NO_SAMPLES),
                flags.contains(NEW_KEYS),
                origins(values.get(CORS_ORIGIN)));
    }

    private static List<String> origins(String value) throws UsageException {
        if (value == null) {
            return List.of();
        }
        List<String> origins = List.of(value.split(",", -1));
        for (String origin : origins) {
            if (!ORIGIN.matcher(origin).matches()) {
                throw new UsageException(
                        "%s takes sites without a path, such as %s=http://localhost:5173, but not \"%s\"."
                                .formatted(CORS_ORIGIN, CORS_ORIGIN, origin));
            }
        }
        return origins;
    }

    private static Optional<ClickHouseAddress> clickHouse(String url, Map<String, String> environment)
            throws UsageException {
        Map<String, String> settings = new HashMap<>(environment);
        if (url != null) {
            settings.put("QUARRY_CLICKHOUSE_URL", url);
        }
        String effective = settings.get("QUARRY_CLICKHOUSE_URL");
        if (effective == null || effective.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(ClickHouseAddress.from(settings));
        } catch (MigrationException malformed) {
            throw new UsageException(malformed.getMessage());
        }
    }
}
