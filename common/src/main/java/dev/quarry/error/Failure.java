package dev.quarry.error;

import java.time.Duration;
import java.util.List;

/**
 * What went wrong with a request, told as a value: whose fault it was, the HTTP status that says so, and a message that
 * may be shown to the client. A family gives it its published shape with a {@link FailureRenderer}; nothing here ever
 * carries a cause, a query or a stack trace.
 */
public sealed interface Failure {

    /** HTTP status, 400..599. */
    int status();

    /** A sentence for the client, free of internals. */
    String message();

    /** No credential, or one that is unknown, expired or revoked: which of these is not told. */
    record Unauthenticated(String message) implements Failure {
        @Override
        public int status() {
            return 401;
        }
    }

    /** A good credential that may not do this. {@code permission} is what it lacks, or empty where that is not the reason. */
    record Forbidden(String permission, String message) implements Failure {
        @Override
        public int status() {
            return 403;
        }
    }

    /** No such resource for this caller. Another tenant's resource is told in the same words: existence does not leak. */
    record NotFound(String resourceType, String resourceId) implements Failure {
        @Override
        public int status() {
            return 404;
        }

        @Override
        public String message() {
            return "The requested %s was not found".formatted(resourceType);
        }
    }

    /** The path names no route. */
    record NoSuchRoute() implements Failure {
        @Override
        public int status() {
            return 404;
        }

        @Override
        public String message() {
            return "No such route";
        }
    }

    /** The route exists, but every route of the four families is a GET. */
    record MethodNotAllowed() implements Failure {
        @Override
        public int status() {
            return 405;
        }

        @Override
        public String message() {
            return "Method not allowed";
        }
    }

    /** Parameters that do not hold: every violation at once, in the order of declaration. */
    record Invalid(List<Violation> violations) implements Failure {
        public Invalid {
            violations = List.copyOf(violations);
            if (violations.isEmpty()) {
                throw new IllegalArgumentException("violations is empty");
            }
        }

        @Override
        public int status() {
            return 422;
        }

        @Override
        public String message() {
            return "Invalid request parameters";
        }
    }

    /** A request that HTTP itself refuses, such as a query string that is not percent-encoded; {@code status} is 400..499. */
    record Malformed(int status, String message) implements Failure {
        public Malformed {
            if (status < 400 || status > 499) {
                throw new IllegalArgumentException("status is not of the client's class: " + status);
            }
        }
    }

    /** Over the rate limit; another attempt makes sense after {@code retryAfter}, at least one second. */
    record TooManyRequests(Duration retryAfter) implements Failure {
        @Override
        public int status() {
            return 429;
        }

        @Override
        public String message() {
            return "Rate limit exceeded";
        }
    }

    /** The question is too wide for the guard settings (rows, memory, result size): the caller can ask for less. */
    record QueryTooLarge() implements Failure {
        @Override
        public int status() {
            return 400;
        }

        @Override
        public String message() {
            return "The request asks for too much data at once: narrow its window or filters";
        }
    }

    /** What answers come from. */
    enum Store {
        CLICKHOUSE("The analytics engine"),
        POSTGRESQL("The database");

        private final String nameForClients;

        Store(String nameForClients) {
            this.nameForClients = nameForClients;
        }
    }

    /** A store did not answer within the time that a request may take. */
    record TimedOut(Store store) implements Failure {
        /** ClickHouse did not answer in time. */
        public TimedOut() {
            this(Store.CLICKHOUSE);
        }

        @Override
        public int status() {
            return 504;
        }

        @Override
        public String message() {
            return "%s took too long to answer".formatted(store.nameForClients);
        }
    }

    /** The engine, or this service, has more to do than it may take on; {@code retryAfter} is at least one second. */
    record Overloaded(Duration retryAfter) implements Failure {
        @Override
        public int status() {
            return 503;
        }

        @Override
        public String message() {
            return "The analytics engine is overloaded";
        }
    }

    /** A store cannot be reached; {@code retryAfter} is at least one second. */
    record Unreachable(Store store, Duration retryAfter) implements Failure {
        /** ClickHouse cannot be reached. */
        public Unreachable(Duration retryAfter) {
            this(Store.CLICKHOUSE, retryAfter);
        }

        @Override
        public int status() {
            return 503;
        }

        @Override
        public String message() {
            return "A data store is unavailable";
        }
    }

    /** Our fault. The log has the cause under the request's id; the client learns nothing of it. */
    record Internal() implements Failure {
        @Override
        public int status() {
            return 500;
        }

        @Override
        public String message() {
            return "An unexpected error occurred";
        }
    }
}
