package dev.quarry.telemetry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Leaves out gauges of single connections to PostgreSQL; {@code sql.pool.*} has those of the pool. */
final class PostgresMeters {
    private PostgresMeters() {}

    /** Each connection registers the same gauges, and Micrometer warns of the second. */
    @Produces
    @Singleton
    static MeterFilter noGaugesOfConnections() {
        return MeterFilter.deny(
                id -> id.getType() == Meter.Type.GAUGE && id.getName().startsWith("postgresql."));
    }
}
