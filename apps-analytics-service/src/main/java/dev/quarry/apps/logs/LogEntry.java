package dev.quarry.apps.logs;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.quarry.apps.Timestamps;
import dev.quarry.clickhouse.Row;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** One entry of a log in an answer. Timestamps are UTC, to the millisecond. */
public sealed interface LogEntry {

    /** An entry that the app wrote. {@code message} is cut at 2,000 characters. */
    @RegisterForReflection
    record RuntimeEntry(
            String timestamp,
            String level,
            String message,
            @JsonProperty("route_path") String routePath,
            @JsonProperty("request_id") String requestId)
            implements LogEntry {

        static RuntimeEntry of(LogPosition position, Row row) {
            return new RuntimeEntry(
                    Timestamps.ofEvent(position.timestamp()),
                    row.nextString(),
                    row.nextString(),
                    row.nextString(),
                    row.nextString());
        }
    }

    /** A request that the app served. */
    @RegisterForReflection
    record RequestEntry(
            String timestamp,
            String method,
            String path,
            @JsonProperty("status_code") int statusCode,
            @JsonProperty("duration_ms") double durationMs,
            @JsonProperty("user_agent") String userAgent,
            String ip)
            implements LogEntry {

        static RequestEntry of(LogPosition position, Row row) {
            return new RequestEntry(
                    Timestamps.ofEvent(position.timestamp()),
                    row.nextString(),
                    row.nextString(),
                    row.nextInt(),
                    row.nextDouble(),
                    row.nextString(),
                    row.nextString());
        }
    }
}
