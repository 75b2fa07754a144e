package dev.quarry.apps;

import dev.quarry.caller.Caller;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.postgres.Postgres;
import jakarta.enterprise.context.ApplicationScoped;

/** The apps that there are: an app exists for its own organisation alone, whatever rows ClickHouse holds under its id. */
@ApplicationScoped
public class Apps {
    private static final String EXISTS = "SELECT FROM apps WHERE organization_id = $1 AND app_id = $2";

    private final Postgres postgres;

    Apps(Postgres postgres) {
        this.postgres = postgres;
    }

    /**
     * Goes on only if the caller has such an app. Another organisation's is told in the same words as none, so that its
     * existence does not leak.
     *
     * @throws FailureException with {@link Failure.NotFound}, or as {@link Postgres} does
     */
    public void requireOwn(Caller caller, String app) {
        // PostgreSQL's text knows no NUL, and no id has one.
        if (app.indexOf('\0') >= 0
                || postgres.list(caller, EXISTS, row -> app, app).isEmpty()) {
            throw new FailureException(new Failure.NotFound("app", app));
        }
    }
}
