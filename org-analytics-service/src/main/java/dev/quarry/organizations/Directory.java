package dev.quarry.organizations;

import dev.quarry.cache.AnswerCache;
import dev.quarry.caller.Caller;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.postgres.Postgres;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * Whether what a path names is there for the caller to see. An organisation that is not the caller's does not exist for
 * it, whether or not it does for others.
 */
@ApplicationScoped
public class Directory {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private static final String WORKSPACE = """
            SELECT FROM workspaces
            WHERE organization_id = $1 AND workspace_id = $2
            """;

    private final Postgres postgres;
    private final KnownWorkspaces known;
    private final AnswerCache cache;

    Directory(Postgres postgres, KnownWorkspaces known, AnswerCache cache) {
        this.postgres = postgres;
        this.known = known;
        this.cache = cache;
    }

    /** Refuses an organisation other than the caller's. */
    public static void requireOwn(Caller caller, OrganizationPath path) {
        if (!caller.organization().equals(path.organization())) {
            throw notFound("organization", path.organization());
        }
    }

    /** Refuses as {@link #requireOwn} does, and an id that no workspace could have: PostgreSQL need not be asked. */
    public static void requirePlausible(Caller caller, WorkspacePath path) {
        requireOwn(caller, path.owner());
        requirePlausible("workspace", path.workspace());
    }

    /** Refuses an id that nothing could have. */
    public static void requirePlausible(String resourceType, String id) {
        if (!ID.matcher(id).matches()) {
            throw notFound(resourceType, id);
        }
    }

    /**
     * Answers from the cache, or reads the answer, and at the same time asks PostgreSQL whether the workspace exists,
     * unless that is known. Refuses a workspace that the caller's organisation does not have.
     *
     * @param parameters as for {@link AnswerCache#answer}
     */
    public <T> RestResponse<T> answer(Caller caller, WorkspacePath path, Object parameters, Supplier<T> read) {
        requirePlausible(caller, path);
        String organization = caller.organization();
        String workspace = path.workspace();
        BooleanSupplier isKnown = () -> known.contains(organization, workspace);
        Supplier<RestResponse<T>> answer = () -> cache.answer(caller, parameters, isKnown, read);
        if (isKnown.getAsBoolean()) {
            return answer.get();
        }
        long before = known.changes();
        return postgres.begin(caller, WORKSPACE, row -> workspace, workspace)
                .map(found -> {
                    if (found.isEmpty()) {
                        throw notFound("workspace", workspace);
                    }
                    known.remember(organization, workspace, before);
                    return workspace;
                })
                .during(answer);
    }

    /** What to throw for a resource that is not there. */
    public static FailureException notFound(String resourceType, String id) {
        return new FailureException(new Failure.NotFound(resourceType, id));
    }
}
