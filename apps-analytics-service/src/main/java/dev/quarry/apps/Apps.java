package dev.quarry.apps;

import dev.quarry.auth.Caller;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.jboss.logging.Logger;

/** The apps that there are: an app exists for its own organisation alone, whatever rows ClickHouse holds under its id. */
@ApplicationScoped
public class Apps {
    private static final Logger LOG = Logger.getLogger(Apps.class);
    private static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private static final String EXISTS = "SELECT FROM apps WHERE organization_id = $1 AND app_id = $2";

    private final Pool postgres;

    Apps(Pool postgres) {
        this.postgres = postgres;
    }

    /**
     * Goes on only if the caller has such an app. Another organisation's is told in the same words as none, so that its
     * existence does not leak.
     *
     * @throws FailureException with {@link Failure.NotFound}, or {@link Failure.Unreachable} when PostgreSQL does not
     *     answer
     */
    public void requireOwn(Caller caller, String app) {
        // PostgreSQL's text knows no NUL, and no id has one.
        if (app.indexOf('\0') >= 0 || !exists(caller.organization(), app)) {
            throw new FailureException(new Failure.NotFound("app", app));
        }
    }

    private boolean exists(String organization, String app) {
        try {
            RowSet<?> rows = postgres.preparedQuery(EXISTS)
                    .execute(Tuple.of(organization, app))
                    .await()
                    .atMost(LOOKUP_TIMEOUT);
            return rows.size() > 0;
        } catch (RuntimeException failed) {
            LOG.debug("App look-up failed", failed);
            throw new FailureException(new Failure.Unreachable(RETRY_AFTER), failed);
        }
    }
}
