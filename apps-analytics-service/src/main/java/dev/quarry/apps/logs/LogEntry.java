package dev.quarry.apps.logs;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.quarry.apps.Timestamps;
import dev.quarry.clickhouse.Row;
import dev.quarry.tabular.Timestamp;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One entry of a log in an answer. Timestamps are UTC, to the millisecond. */
@Schema(
        name = "LogEntry",
        description = "An entry of the log that was asked for",
        oneOf = {LogEntry.RuntimeEntry.class, LogEntry.RequestEntry.class})
public sealed interface LogEntry {
    /** For the OpenAPI document. */
    String TIMESTAMP = "Time of the entry, RFC 3339, UTC, to the millisecond";

    /** Characters of all texts. */
    int length();

    /** An entry that the app wrote. {@code message} is cut at 2,000 characters, other texts at 8,000. */
    @RegisterForReflection
    @Schema(name = "RuntimeLogEntry", description = "An entry that the app wrote")
    record RuntimeEntry(
            @Schema(required = true, description = LogEntry.TIMESTAMP) @Timestamp
            String timestamp,

            @Schema(required = true, description = "`log`, `info`, `warn` or `error`")
            String level,

            @Schema(required = true, maxLength = 2_000, description = "The first 2,000 characters of the message")
            String message,

            @Schema(
                    required = true,
                    maxLength = 8_000,
                    description = "Route that wrote the entry, at most 8,000 characters; empty if unknown")
            @JsonProperty("route_path")
            String routePath,

            @Schema(
                    required = true,
                    maxLength = 8_000,
                    description =
                            "Id of the request that the entry belongs to, at most 8,000 characters; empty if there is none")
            @JsonProperty("request_id")
            String requestId)
            implements LogEntry {

        @Override
        public int length() {
            return level.length() + message.length() + routePath.length() + requestId.length();
        }

        static RuntimeEntry of(LogPosition position, Row row) {
            return new RuntimeEntry(
                    Timestamps.ofEvent(position.timestamp()),
                    row.nextString(),
                    row.nextString(),
                    row.nextString(),
                    row.nextString());
        }
    }

    /** A request that the app served. Its texts are cut at 8,000 characters. */
    @RegisterForReflection
    @Schema(name = "RequestLogEntry", description = "A request that the app served")
    record RequestEntry(
            @Schema(required = true, description = LogEntry.TIMESTAMP) @Timestamp
            String timestamp,

            @Schema(required = true, maxLength = 8_000, description = "HTTP method, such as `GET`")
            String method,

            @Schema(required = true, maxLength = 8_000, description = "Path of the request, at most 8,000 characters")
            String path,

            @Schema(
                    required = true,
                    minimum = "0",
                    maximum = "999",
                    description = "HTTP status, 0 to 999; 0 if there was none")
            @JsonProperty("status_code")
            int statusCode,

            @Schema(required = true, minimum = "0", description = "Duration in milliseconds, at least 0")
            @JsonProperty("duration_ms")
            double durationMs,

            @Schema(
                    required = true,
                    maxLength = 8_000,
                    description = "The request's User-Agent, at most 8,000 characters; empty if unknown")
            @JsonProperty("user_agent")
            String userAgent,

            @Schema(
                    required = true,
                    maxLength = 8_000,
                    description = "Address that the request came from; empty if unknown")
            String ip)
            implements LogEntry {

        @Override
        public int length() {
            return method.length() + path.length() + userAgent.length() + ip.length();
        }

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
