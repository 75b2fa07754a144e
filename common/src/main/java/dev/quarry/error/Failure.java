package dev.quarry.error;

import java.time.Duration;
import java.util.List;

/**
 * A failure of a request, as a value: it has the HTTP status, and a message that may be shown to the client. A
 * {@link FailureRenderer} gives it the published format of a family. It never contains a cause, a query or a stack
 * trace.
 */
public sealed interface Failure {

    /** HTTP status, 400..599. */
    int status();

    /** A sentence for the client, without internal details. */
    String message();

    /** The request has no credential, or one that is unknown, expired or revoked. The client does not learn which. */
    record Unauthenticated(String message) implements Failure {
        @Override
        public int status() {
            return 401;
        }
    }

    /**
     * A valid credential without the permission. {@code permission} is the missing one, or empty if the reason is
     * another.
     */
    record Forbidden(String permission, String message) implements Failure {
        @Override
        public int status() {
            return 403;
        }
    }

    /**
     * The caller has no such resource. The failure is the same for another tenant's resource, so clients cannot find
     * out that it exists.
     */
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

    /** The route exists, but only for GET: every route of the four families is a GET. */
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

    /** Invalid parameters, with all violations in the order of declaration. */
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

    /**
     * HTTP itself forbids the request, such as a query string that is not percent-encoded; {@code status} is 400..499.
     */
    record Malformed(int status, String message) implements Failure {
        public Malformed {
            if (status < 400 || status > 499) {
                throw new IllegalArgumentException("status is not of the client's class: " + status);
            }
        }
    }

    /** The caller is over the rate limit, and may retry after {@code retryAfter}, at least one second. */
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

    /** The query exceeds a guard (rows, memory, size of the result). The caller can ask for less. */
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

    /** A source of answers. */
    enum Store {
        CLICKHOUSE("The analytics engine"),
        POSTGRESQL("The database");

        private final String nameForClients;

        Store(String nameForClients) {
            this.nameForClients = nameForClients;
        }
    }

    /** A store did not answer within its timeout. */
    record TimedOut(Store store) implements Failure {
        @Override
        public int status() {
            return 504;
        }

        @Override
        public String message() {
            return "%s took too long to answer".formatted(store.nameForClients);
        }
    }

    /** The engine or this service is overloaded; {@code retryAfter} is at least one second. */
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
        @Override
        public int status() {
            return 503;
        }

        @Override
        public String message() {
            return "A data store is unavailable";
        }
    }

    /** A bug of ours. The log has the cause under the request id; the client learns nothing of it. */
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
