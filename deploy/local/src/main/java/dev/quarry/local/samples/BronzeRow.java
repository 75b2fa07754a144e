package dev.quarry.local.samples;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.UUID;

/** A row of a bronze table. The components of each record are the table's columns, in snake case. */
sealed interface BronzeRow {
    @JsonIgnore
    String table();

    @JsonIgnore
    Instant moment();

    /** A row of an app, which must be in PostgreSQL. */
    sealed interface OfApp extends BronzeRow {
        String appId();

        Instant timestamp();

        @Override
        default Instant moment() {
            return timestamp();
        }
    }

    record Event(
            String organizationId,
            UUID eventId,
            Instant time,
            String userId,
            String sessionId,
            String kind,
            String tool,
            String feature,
            @JsonUnwrapped Dimensions dimensions)
            implements BronzeRow {
        @Override
        public String table() {
            return "events";
        }

        @Override
        public Instant moment() {
            return time;
        }
    }

    /** A user's dimensions; empty if the file does not have them. */
    record Dimensions(String country, String client, String device, String platform, String version) {
        static final Dimensions NONE = new Dimensions("", "", "", "", "");

        static Dimensions ofCountry(String country) {
            return new Dimensions(country, "", "", "", "");
        }
    }

    /** An error of an app; {@code url} is null if the file does not have it. */
    record CanvasError(
            String organizationId,
            String appId,
            Instant timestamp,
            UUID eventId,
            String errorType,
            String errorMessage,
            String url)
            implements OfApp {
        @Override
        public String table() {
            return "canvas_errors";
        }
    }

    record CanvasAppEvent(
            String organizationId, String appId, Instant timestamp, UUID eventId, String eventType, String url)
            implements OfApp {
        @Override
        public String table() {
            return "canvas_app_events";
        }
    }

    record CanvasAppLog(
            String organizationId,
            String appId,
            Instant timestamp,
            UUID eventId,
            String level,
            String message,
            String routePath)
            implements OfApp {
        @Override
        public String table() {
            return "canvas_app_logs";
        }
    }

    /**
     * A request that an app served.
     *
     * @param durationMs milliseconds; 0 if the file does not have it
     */
    record CanvasRequestLog(
            String organizationId,
            String appId,
            Instant timestamp,
            UUID eventId,
            String method,
            String path,
            int statusCode,
            double durationMs,
            String userAgent,
            String ip)
            implements OfApp {
        @Override
        public String table() {
            return "canvas_request_logs";
        }
    }

    enum Outcome {
        @JsonProperty("success")
        SUCCESS,
        @JsonProperty("vendor_error")
        VENDOR_ERROR,
        @JsonProperty("exception")
        EXCEPTION
    }

    record Invocation(
            String organizationId,
            Instant time,
            UUID eventId,
            String integrationKey,
            String slug,
            String mode,
            Outcome outcome,
            String errorCategory,
            long latencyMs)
            implements BronzeRow {
        @Override
        public String table() {
            return "invocations";
        }

        @Override
        public Instant moment() {
            return time;
        }
    }

    enum Status {
        @JsonProperty("success")
        SUCCESS,
        @JsonProperty("failed")
        FAILED
    }

    record Execution(
            String organizationId, String workspaceId, Instant time, UUID eventId, Status status, long durationMs)
            implements BronzeRow {
        @Override
        public String table() {
            return "executions";
        }

        @Override
        public Instant moment() {
            return time;
        }
    }
}
