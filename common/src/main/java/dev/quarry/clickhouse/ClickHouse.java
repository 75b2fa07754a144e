package dev.quarry.clickhouse;

import static java.util.Objects.requireNonNull;

import dev.quarry.auth.Caller;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * The only door to the engine. A query cannot be made without the {@link Caller} on whose behalf it reads: whatever its
 * SQL says, the {@link TenantWall} shows it that caller's rows alone.
 */
@ApplicationScoped
public class ClickHouse {
    private final Engine engine;
    private final TenantWall wall;

    ClickHouse(Engine engine, TenantWall wall) {
        this.engine = engine;
        this.wall = wall;
    }

    /**
     * A read of the caller's rows. The caller's organisation is bound as {@code {organization:String}}; every other
     * parameter of the SQL is bound by {@link Query#bind}. The SQL is fixed text: no part of it ever comes from a request.
     */
    public Query query(Caller caller, String sql) {
        requireNonNull(caller, "caller is null");
        return new Query(engine, wall.settings(caller), caller, requireNonNull(sql, "sql is null"));
    }

    /** Whether the engine answers, asked past retries and circuit. */
    public boolean isReachable() {
        return engine.answersPing();
    }
}
