package dev.quarry.local;

import dev.quarry.schema.ClickHouseAddress;
import dev.quarry.schema.PostgresAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The environment variables with which programs connect to the stores. */
final class StoreVariables {

    private StoreVariables() {}

    static Map<String, String> of(ClickHouseAddress clickHouse) {
        return Map.of(
                "QUARRY_CLICKHOUSE_URL", clickHouse.url(),
                "QUARRY_CLICKHOUSE_DATABASE", clickHouse.database(),
                "QUARRY_CLICKHOUSE_USER", clickHouse.user(),
                "QUARRY_CLICKHOUSE_PASSWORD", clickHouse.password());
    }

    /** {@return a file for {@code source} with the variables of the migrator and {@code ./quarry load}} */
    static String file(ClickHouseAddress clickHouse, PostgresAddress postgres, Path backups) {
        var variables = new TreeMap<>(of(clickHouse));
        variables.put("QUARRY_POSTGRES_URL", postgres.url());
        variables.put("QUARRY_POSTGRES_USER", postgres.user());
        variables.put("QUARRY_POSTGRES_PASSWORD", postgres.password());
        variables.put("QUARRY_BACKUP_DIRECTORY", backups.toString());
        return variables.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + quoted(variable.getValue()) + "\n")
                .collect(Collectors.joining());
    }

    /** Quotes a value as one word of a shell. */
    static String quoted(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }
}
