package dev.quarry.probe;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.largeanswers.LargeAnswers;
import dev.quarry.rollup.WithDataAsOf;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A service as small as can be, for the tests of what all services share. */
@Path("/probe")
@RunOnVirtualThread
public class ProbeResource {
    public record Identified(String organization, String mechanism) {}

    /** What {@code /probe/failing} throws. */
    static volatile Supplier<RuntimeException> failure = () -> new FailureException(new Failure.Internal());

    private final SecurityIdentity identity;
    private final ClickHouse clickHouse;
    private final LargeAnswers largeAnswers;

    ProbeResource(SecurityIdentity identity, ClickHouse clickHouse, LargeAnswers largeAnswers) {
        this.identity = identity;
        this.clickHouse = clickHouse;
        this.largeAnswers = largeAnswers;
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
    @WithDataAsOf
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

    /** A large answer of the given number of rows; rows after the given one fail. */
    @GET
    @Path("/large")
    @PermitAll
    public List<String> large(@QueryParam("rows") int rows, @QueryParam("makeable") int makeable) {
        largeAnswers.await();
        return new AbstractList<>() {
            @Override
            public String get(int index) {
                if (index == makeable) {
                    throw new IllegalStateException("No row " + index);
                }
                return "row " + index;
            }

            @Override
            public int size() {
                return rows;
            }
        };
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
