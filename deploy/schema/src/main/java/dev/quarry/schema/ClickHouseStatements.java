package dev.quarry.schema;

import com.clickhouse.client.api.ClickHouseException;
import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.GenericRecord;
import com.clickhouse.data.ClickHouseFormat;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Runs statements one after the other, and waits for each. Throws ClickHouse's exceptions. */
record ClickHouseStatements(Client client) {
    void execute(String sql) {
        execute(sql, Map.of());
    }

    /** @param parameters bound by the server to <code>{name:Type}</code> */
    void execute(String sql, Map<String, Object> parameters) {
        finish(client.execute(sql, parameters));
    }

    /** Inserts rows of the format JSONEachRow. Columns are matched by name. */
    void insert(String table, byte[] rows, InsertSettings settings) {
        finish(client.insert(table, new ByteArrayInputStream(rows), ClickHouseFormat.JSONEachRow, settings));
    }

    List<GenericRecord> query(String sql) {
        return client.queryAll(sql);
    }

    /** @param parameters bound by the server to <code>{name:Type}</code> */
    List<GenericRecord> query(String sql, Map<String, Object> parameters) {
        return client.queryAll(sql, parameters);
    }

    private static void finish(Future<? extends AutoCloseable> answer) {
        try {
            answer.get().close();
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof ClickHouseException cause
                    ? cause
                    : new ClickHouseException(failure.getCause());
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new MigrationException("Interrupted while ClickHouse ran a statement.", interruption);
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new ClickHouseException("The answer could not be read to its end.", failure);
        }
    }
}
