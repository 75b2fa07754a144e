package dev.quarry.apps;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.restassured.specification.RequestSpecification;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** An app of an organisation made for one test, and the events that it sends. */
public record TestApp(TestCaller caller, String id) {

    /** An app of a new organisation whose key may read it. */
    public static TestApp create() {
        return create(TestCaller.create(Permissions.APPS_READ), "app_web");
    }

    public static TestApp create(TestCaller caller, String id) {
        Stores.inPostgres(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO apps (organization_id, app_id, name) VALUES (?, ?, 'Test')")) {
                insert.setString(1, caller.organization());
                insert.setString(2, id);
                insert.executeUpdate();
            }
        });
        return new TestApp(caller, id);
    }

    /** A request to the app's routes: {@code app.request().get("/v1/apps/{app}/logs")}. */
    public RequestSpecification request() {
        return caller.withBearer().pathParam("app", id);
    }

    /** A row of one of the app's tables; {@code fields} adds to what all tables have, or takes its place. */
    public Map<String, Object> row(Instant timestamp, Map<String, Object> fields) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("organization_id", caller.organization());
        row.put("app_id", id);
        row.put("timestamp", timestamp.toString().replace("T", " ").replace("Z", ""));
        row.put("event_id", UUID.randomUUID().toString());
        row.putAll(fields);
        return row;
    }

    /** Delivers rows, as one batch. */
    public void send(String table, Collection<Map<String, Object>> rows) {
        Stores.insert(table, rows);
    }

    public void send(String table, Instant timestamp, Map<String, Object> fields) {
        send(table, List.of(row(timestamp, fields)));
    }
}
