package dev.quarry.metrics;

import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Events of one organisation on their way into bronze. */
public final class Events {
    private final TestCaller caller;
    private final List<Map<String, Object>> rows = new ArrayList<>();

    private Events(TestCaller caller) {
        this.caller = caller;
    }

    public static Events of(TestCaller caller) {
        return new Events(caller);
    }

    /** A tool call; the id is what makes it the same event when it is delivered again. */
    public Events toolCall(String id, String time, String user) {
        return add(id, time, user, "tool_call");
    }

    public Events add(String id, String time, String user, String kind) {
        Map<String, Object> row = new HashMap<>();
        row.put("organization_id", caller.organization());
        row.put(
                "event_id",
                UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)).toString());
        row.put("time", time);
        row.put("user_id", user);
        row.put("kind", kind);
        rows.add(row);
        return this;
    }

    /** Gives the event that was added last a value in another column. */
    public Events with(String column, Object value) {
        rows.getLast().put(column, value);
        return this;
    }

    /** Inserts them as one batch; calling it again delivers them again. */
    public Events deliver() {
        Stores.insert("events", rows);
        return this;
    }
}
