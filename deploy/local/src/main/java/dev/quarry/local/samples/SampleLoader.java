package dev.quarry.local.samples;

import static java.util.Objects.requireNonNull;

import com.clickhouse.client.api.Client;
import dev.quarry.schema.ClickHouseAddress;
import dev.quarry.schema.PostgresAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Set;

/** Loads recordings into migrated bronze tables. Another load completes an interrupted one. */
public final class SampleLoader {
    private final ClickHouseAddress clickHouse;
    private final PostgresAddress postgres;

    public SampleLoader(ClickHouseAddress clickHouse, PostgresAddress postgres) {
        this.clickHouse = requireNonNull(clickHouse, "clickHouse is null");
        this.postgres = requireNonNull(postgres, "postgres is null");
    }

    /** Loads the sample that the project ships. */
    public LoadReport loadShipped(SampleKind kind, LoadTarget target) {
        try (InputStream sample = kind.shipped()) {
            return load(kind, sample, target);
        } catch (IOException failure) {
            throw new SampleException("The sample %s cannot be read.".formatted(kind.commandName()), failure);
        }
    }

    /**
     * Loads a file of any size, plain or gzip, and adds its apps and workspaces to PostgreSQL.
     *
     * @throws SampleException if the organisation does not exist, the file is of another kind, or a store refuses
     */
    public LoadReport load(SampleKind kind, InputStream stream, LoadTarget target) {
        try (Connection connection = postgres.open();
                Client client = clickHouse.open()) {
            requireOrganization(connection, target.organizationId());
            BronzeWriter writer = new BronzeWriter(client, clickHouse.database());
            Rows rows = new Rows(writer::write, Clock.systemUTC());
            try (Reader file = SampleFile.open(stream)) {
                kind.converter().convert(file, target, rows);
            }
            writer.finish();
            LoadReport report = rows.report();
            register(connection, "apps", "app_id", target.organizationId(), report.apps());
            register(connection, "workspaces", "workspace_id", target.organizationId(), report.workspaces());
            return report;
        } catch (SQLException failure) {
            throw new SampleException("PostgreSQL refused: " + failure.getMessage(), failure);
        } catch (IOException failure) {
            throw new SampleException("The file cannot be read: " + failure.getMessage(), failure);
        }
    }

    private static void requireOrganization(Connection connection, String organizationId) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT 1 FROM organizations WHERE organization_id = ?")) {
            query.setString(1, organizationId);
            try (ResultSet found = query.executeQuery()) {
                if (!found.next()) {
                    throw new SampleException("There is no organisation \"%s\".".formatted(organizationId));
                }
            }
        }
    }

    /** Uses the id as the name. An existing app or workspace keeps its name. */
    private static void register(
            Connection connection, String table, String column, String organizationId, Set<String> ids)
            throws SQLException {
        String sql = "INSERT INTO %s (organization_id, %s, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
                .formatted(table, column);
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            for (String id : ids) {
                insert.setString(1, organizationId);
                insert.setString(2, id);
                insert.setString(3, id);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }
}
