package dev.quarry.probe;

import dev.quarry.auth.Caller;
import dev.quarry.auth.Permissions;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.refining.Refined;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.Map;
import java.util.function.Supplier;

/** A service as small as can be, for the tests of what all services share. */
@Path("/probe")
@RunOnVirtualThread
public class ProbeResource {
    public record Identified(String organization, String mechanism) {}

    /** What {@code /probe/failing} throws. */
    static volatile Supplier<RuntimeException> failure = () -> new FailureException(new Failure.Wrong());

    private final SecurityIdentity identity;
    private final ClickHouse clickHouse;

    ProbeResource(SecurityIdentity identity, ClickHouse clickHouse) {
        this.identity = identity;
        this.clickHouse = clickHouse;
    }

    public static void failWith(Supplier<RuntimeException> next) {
        failure = next;
    }

    @GET
    @Path("/caller")
    @PermissionsAllowed(Permissions.METRICS_READ)
    public Identified caller() {
        Caller caller = Caller.of(identity);
        return new Identified(caller.organization(), caller.mechanism().name());
    }

    @GET
    @Path("/events")
    @Refined
    @PermissionsAllowed(Permissions.METRICS_READ)
    public Map<String, Long> events() {
        return Map.of(
                "count",
                clickHouse
                        .query(Caller.of(identity), "SELECT count() FROM events")
                        .one(row -> row.nextLong()));
    }

    @GET
    @Path("/items/{item}")
    @PermissionsAllowed(Permissions.METRICS_READ)
    public String item(@PathParam("item") String item) {
        return item;
    }

    @GET
    @Path("/failing")
    @PermitAll
    public String failing() {
        throw failure.get();
    }

    /** Not annotated, so nobody may call it. */
    @GET
    @Path("/forgotten")
    public String forgotten() {
        return "forgotten";
    }
}
