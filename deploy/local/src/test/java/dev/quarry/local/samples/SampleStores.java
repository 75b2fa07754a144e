package dev.quarry.local.samples;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.query.GenericRecord;
import dev.quarry.engine.EngineProcess;
import dev.quarry.schema.ClickHouseAddress;
import dev.quarry.schema.IngestSettings;
import dev.quarry.schema.Migrator;
import dev.quarry.schema.MigratorSettings;
import dev.quarry.schema.PostgresAddress;
import dev.quarry.schema.Retention;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A PostgreSQL and an engine with all tables, for one test class. */
final class SampleStores implements AutoCloseable {
    private final Path folder;
    private final EngineProcess engine;
    private final EmbeddedPostgres postgresServer;
    private final ClickHouseAddress clickHouse;
    private final PostgresAddress postgres;
    private final Client client;

    SampleStores() throws IOException {
        folder = Files.createTempDirectory("quarry-samples");
        engine = EngineProcess.start(EngineProcess.Options.at(folder.resolve("engine"))
                .withSettings(IngestSettings.all())
                .withLogFile(folder.resolve("engine.log")));
        postgresServer = EmbeddedPostgres.start();
        clickHouse = new ClickHouseAddress(engine.url(), "quarry", "default", "");
        postgres = new PostgresAddress(postgresServer.getJdbcUrl("postgres", "postgres"), "postgres", "");
        client = clickHouse.open();
        Migrator.migrate(new MigratorSettings(clickHouse, postgres, Retention.longest()));
    }

    ClickHouseAddress clickHouse() {
        return clickHouse;
    }

    PostgresAddress postgres() {
        return postgres;
    }

    SampleLoader loader() {
        return new SampleLoader(clickHouse, postgres);
    }

    /** A new organisation with the given id. */
    LoadTarget organization(String id) throws SQLException {
        try (Connection connection = postgres.open();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO organizations VALUES (?, ?)")) {
            insert.setString(1, id);
            insert.setString(2, id);
            insert.execute();
        }
        return new LoadTarget(id);
    }

    /** Rows of text cells joined by commas. */
    List<String> query(String sql) {
        List<String> rows = new ArrayList<>();
        for (GenericRecord row : client.queryAll(sql.replace("${database}", clickHouse.database()))) {
            List<String> cells = new ArrayList<>();
            for (int column = 1; column <= row.getSchema().getColumns().size(); column++) {
                cells.add(row.getString(column));
            }
            rows.add(String.join(",", cells));
        }
        return rows;
    }

    List<String> queryPostgres(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = postgres.open();
                PreparedStatement query = connection.prepareStatement(sql);
                ResultSet result = query.executeQuery()) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }

    @Override
    public void close() throws IOException {
        client.close();
        postgresServer.close();
        engine.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
