package dev.quarry.apps;

import dev.quarry.caller.Caller;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.postgres.Postgres;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Checks that an app exists. An app exists only for its own organisation, whatever rows ClickHouse holds under its id.
 */
@ApplicationScoped
public class Apps {
    private static final String EXISTS = "SELECT FROM apps WHERE organization_id = $1 AND app_id = $2";

    private final Postgres postgres;

    Apps(Postgres postgres) {
        this.postgres = postgres;
    }

    /**
     * Returns only if the caller's organisation has the app. An app of another organisation fails like an app that does
     * not exist, so that its existence does not leak.
     *
     * @throws FailureException with {@link Failure.NotFound}, or as {@link Postgres} does
     */
    public void requireOwn(Caller caller, String app) {
        // PostgreSQL's text cannot hold NUL, and no id contains it.
        if (app.indexOf('\0') >= 0
                || postgres.list(caller, EXISTS, row -> app, app).isEmpty()) {
            throw new FailureException(new Failure.NotFound("app", app));
        }
    }
}
