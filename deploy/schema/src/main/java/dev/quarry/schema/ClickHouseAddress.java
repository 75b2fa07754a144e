package dev.quarry.schema;

import static java.util.Objects.requireNonNull;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ClientFaultCause;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The address of ClickHouse, and its user.
 *
 * @param url the HTTP interface, for example {@code http://127.0.0.1:8123}; without credentials, because logs show it
 * @param database a plain identifier, because it becomes part of SQL text
 * @param cluster empty for one node
 */
public record ClickHouseAddress(String url, String database, String user, String password, Optional<Cluster> cluster) {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");
    private static final int CONNECT_TIMEOUT_SECONDS = 5;

    public ClickHouseAddress {
        requireNonNull(user, "user is null");
        requireNonNull(password, "password is null");
        requireNonNull(cluster, "cluster is null");
        if (!isHttp(url)) {
            throw new MigrationException(
                    "The ClickHouse URL must look like http://host:8123 and have no user, password or parameters.");
        }
        if (!IDENTIFIER.matcher(database).matches()) {
            throw new MigrationException(
                    "The ClickHouse database must be letters, digits and underscores, but is \"%s\"."
                            .formatted(database));
        }
    }

    /** One node. */
    public ClickHouseAddress(String url, String database, String user, String password) {
        this(url, database, user, password, Optional.empty());
    }

    /** Reads {@code QUARRY_CLICKHOUSE_URL}, {@code _DATABASE}, {@code _USER}, {@code _PASSWORD} and {@code _CLUSTER}. */
    public static ClickHouseAddress from(Map<String, String> environment) {
        EnvironmentVariables variables = new EnvironmentVariables(environment);
        return new ClickHouseAddress(
                variables.required("QUARRY_CLICKHOUSE_URL"),
                variables.text("QUARRY_CLICKHOUSE_DATABASE", "quarry"),
                variables.text("QUARRY_CLICKHOUSE_USER", "default"),
                variables.text("QUARRY_CLICKHOUSE_PASSWORD", ""),
                Cluster.from(environment));
    }

    /**
     * Opens a client without compression and retries: the caller decides whether to repeat a statement. The client does
     * not set {@link #database}, which may not exist yet.
     */
    public Client open() {
        Client.Builder client = new Client.Builder()
                .addEndpoint(url)
                .setUsername(user)
                .setPassword(password)
                .setConnectTimeout(CONNECT_TIMEOUT_SECONDS, ChronoUnit.SECONDS)
                .compressServerResponse(false)
                .compressClientRequest(false)
                .setMaxRetries(0)
                .retryOnFailures(ClientFaultCause.None);
        // Rows that a migration inserts must be on the shards before its next statement runs.
        cluster.ifPresent(_ -> client.serverSetting("distributed_foreground_insert", "1"));
        return client.build();
    }

    private static boolean isHttp(String url) {
        try {
            URI uri = new URI(requireNonNull(url, "url is null"));
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null;
        } catch (URISyntaxException malformed) {
            return false;
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "%s as %s, database %s%s"
                .formatted(
                        url,
                        user,
                        database,
                        cluster.map(named -> ", cluster " + named.name()).orElse(""));
    }
}
