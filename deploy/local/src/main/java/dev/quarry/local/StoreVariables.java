package dev.quarry.local;

import dev.quarry.schema.ClickHouseAddress;
import dev.quarry.schema.PostgresAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The environment variables by which programs find the stores. */
final class StoreVariables {

    private StoreVariables() {}

    static Map<String, String> of(ClickHouseAddress clickHouse) {
        return Map.of(
                "QUARRY_CLICKHOUSE_URL", clickHouse.url(),
                "QUARRY_CLICKHOUSE_DATABASE", clickHouse.database(),
                "QUARRY_CLICKHOUSE_USER", clickHouse.user(),
                "QUARRY_CLICKHOUSE_PASSWORD", clickHouse.password());
    }

    /** A file for {@code source}, with what the migrator and {@code ./quarry load} ask for. */
    static String file(ClickHouseAddress clickHouse, PostgresAddress postgres) {
        var variables = new TreeMap<>(of(clickHouse));
        variables.put("QUARRY_POSTGRES_URL", postgres.url());
        variables.put("QUARRY_POSTGRES_USER", postgres.user());
        variables.put("QUARRY_POSTGRES_PASSWORD", postgres.password());
        return variables.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + quoted(variable.getValue()) + "\n")
                .collect(Collectors.joining());
    }

    /** As one word of a shell, whatever a server's password is made of. */
    static String quoted(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }
}
