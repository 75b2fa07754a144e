package dev.quarry.schema;

import dev.quarry.schema.MigrationReport.Applied;
import dev.quarry.schema.MigrationReport.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateOutput;

/** Applies {@code db/postgresql} with Flyway, each file in its own transaction. */
final class PostgresMigrations {
    private PostgresMigrations() {}

    static List<Applied> apply(PostgresAddress postgres) {
        return apply(postgres, "latest");
    }

    /** @param version the last migration to apply */
    static List<Applied> apply(PostgresAddress postgres, String version) {
        try {
            return Flyway.configure(PostgresMigrations.class.getClassLoader())
                    .dataSource(postgres.url(), postgres.user(), postgres.password())
                    .locations("classpath:db/postgresql")
                    .failOnMissingLocations(true)
                    .validateMigrationNaming(true)
                    .placeholderReplacement(false)
                    .cleanDisabled(true)
                    .target(version)
                    .load()
                    .migrate()
                    .migrations
                    .stream()
                    .map(PostgresMigrations::applied)
                    .toList();
        } catch (FlywayException failure) {
            throw new MigrationException("PostgreSQL was not migrated: " + failure.getMessage(), failure);
        }
    }

    private static Applied applied(MigrateOutput output) {
        return new Applied(
                Store.POSTGRESQL,
                Path.of(output.filepath).getFileName().toString(),
                Duration.ofMillis(output.executionTime));
    }
}
