package dev.quarry.schema;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.flywaydb.core.Flyway;

/** A PostgreSQL with the tables of all migrations, for tests that need no engine. */
public final class MigratedPostgres {
    private MigratedPostgres() {}

    /** Whoever starts it closes it. */
    public static EmbeddedPostgres start() throws IOException {
        EmbeddedPostgres server = EmbeddedPostgres.start();
        Flyway.configure()
                .dataSource(server.getPostgresDatabase())
                .locations("classpath:db/postgresql")
                .load()
                .migrate();
        return server;
    }
}
