package dev.quarry.start;

import dev.quarry.auth.AuthConfiguration;
import dev.quarry.clickhouse.ClickHouseConfiguration;
import dev.quarry.rollup.RollupConfiguration;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.vertx.pgclient.PgConnectOptions;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Refuses to start a packaged service with unsafe or unusable settings. The error names each of them. */
@ApplicationScoped
class ProductionCheck {
    private final AuthConfiguration auth;
    private final ClickHouseConfiguration clickHouse;
    private final RollupConfiguration rollup;
    private final PgConnectOptions postgres;
    private final Optional<String> postgresPassword;
    private final Optional<String> postgresCredentials;
    private final Optional<List<String>> corsOrigins;

    ProductionCheck(
            AuthConfiguration auth,
            ClickHouseConfiguration clickHouse,
            RollupConfiguration rollup,
            @ConfigProperty(name = "quarkus.datasource.reactive.url") String postgresUrl,
            @ConfigProperty(name = "quarkus.datasource.password") Optional<String> postgresPassword,
            @ConfigProperty(name = "quarkus.datasource.credentials-provider") Optional<String> postgresCredentials,
            @ConfigProperty(name = "quarkus.http.cors.origins") Optional<List<String>> corsOrigins) {
        this.auth = auth;
        this.clickHouse = clickHouse;
        this.rollup = rollup;
        this.postgres = PgConnectOptions.fromUri(postgresUrl);
        this.postgresPassword = postgresPassword;
        this.postgresCredentials = postgresCredentials;
        this.corsOrigins = corsOrigins;
    }

    void check(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event, LaunchMode mode) {
        List<String> faults = faults();
        if (mode == LaunchMode.NORMAL && !faults.isEmpty()) {
            throw new IllegalStateException("Unsafe settings: " + String.join("; ", faults));
        }
    }

    List<String> faults() {
        List<String> faults = new ArrayList<>();
        if (auth.mechanisms().isEmpty()) {
            faults.add("quarry.auth.mechanisms is unset, so that every request would be denied");
        }
        if (clickHouse.password().isEmpty() && !isLoopback(clickHouse.url().getHost())) {
            faults.add("quarry.clickhouse.password is unset for an engine that is not on this machine");
        }
        if (clickHouse.cluster().isPresent() && rollup.replicaDelay().compareTo(rollup.grace()) >= 0) {
            faults.add(
                    "quarry.rollup.replica-delay is not below quarry.rollup.grace, so that the rollup job could miss rows");
        }
        if (clickHouse.shards() < 0 || hasShardsWithoutCluster()) {
            faults.add("quarry.clickhouse.shards is not a number of shards of a cluster");
        }
        if (postgresPassword.isEmpty() && postgresCredentials.isEmpty() && !isLoopback(postgres.getHost())) {
            faults.add("quarkus.datasource.password is unset for a PostgreSQL that is not on this machine");
        }
        if (corsOrigins.orElse(List.of()).stream().anyMatch(origin -> origin.equals("*") || origin.equals("/.*/"))) {
            faults.add("quarkus.http.cors.origins lets every site in");
        }
        return faults;
    }

    private boolean hasShardsWithoutCluster() {
        return clickHouse.shards() > 0 && clickHouse.cluster().isEmpty();
    }

    /** @param host null if it is unknown: {@code InetAddress} takes that for this machine */
    private static boolean isLoopback(String host) {
        try {
            return host != null && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }
}
