package dev.quarry.organizations;

import dev.quarry.caller.Caller;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.postgres.Postgres;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.regex.Pattern;

/**
 * Checks that the resources named by a path exist for the caller. For a caller, only its own organisation exists,
 * whether or not others do.
 */
@ApplicationScoped
public class Directory {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private static final String WORKSPACE = """
            SELECT FROM workspaces
            WHERE organization_id = $1 AND workspace_id = $2
            """;

    private final Postgres postgres;

    Directory(Postgres postgres) {
        this.postgres = postgres;
    }

    /** Refuses an organisation other than the caller's. */
    public static void requireOwn(Caller caller, String organization) {
        if (!caller.organization().equals(organization)) {
            throw notFound("organization", organization);
        }
    }

    /**
     * Refuses as {@link #requireOwn} does. Also refuses an id that no workspace can have, without a query to
     * PostgreSQL.
     */
    public static void requirePlausible(Caller caller, String organization, String workspace) {
        requireOwn(caller, organization);
        requirePlausible("workspace", workspace);
    }

    /** Refuses an id that no resource can have. */
    public static void requirePlausible(String resourceType, String id) {
        if (!ID.matcher(id).matches()) {
            throw notFound(resourceType, id);
        }
    }

    /** Refuses a workspace that the caller's organisation does not have. */
    public void requireWorkspace(Caller caller, String organization, String workspace) {
        requirePlausible(caller, organization, workspace);
        if (postgres.list(caller, WORKSPACE, row -> workspace, workspace).isEmpty()) {
            throw notFound("workspace", workspace);
        }
    }

    /** The exception for a resource that does not exist. */
    public static FailureException notFound(String resourceType, String id) {
        return new FailureException(new Failure.NotFound(resourceType, id));
    }
}
