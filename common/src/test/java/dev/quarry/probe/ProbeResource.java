package dev.quarry.probe;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.cache.AnswerCache;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Row;
import dev.quarry.documents.Example;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.largeanswers.LargeAnswers;
import dev.quarry.rollup.WithDataAsOf;
import dev.quarry.tabular.Csv;
import dev.quarry.tabular.Table;
import dev.quarry.tabular.Tabular;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jboss.resteasy.reactive.RestResponse;

/** A service as small as can be, for the tests of what all services share. */
@Path("/probe")
@RunOnVirtualThread
public class ProbeResource {
    public record Identified(String organization, String mechanism) {}

    public record Count(long count) implements Tabular {
        @Override
        public Table<?> table() {
            return new Table<>(Count.class, List.of(this));
        }
    }

    /** What {@code /probe/failing} throws. */
    static volatile Supplier<RuntimeException> failure = () -> new FailureException(new Failure.Internal());

    static volatile Runnable beforeCounting = () -> {};
    static volatile Runnable onRequest = () -> {};

    private final SecurityIdentity identity;
    private final ClickHouse clickHouse;
    private final LargeAnswers largeAnswers;
    private final AnswerCache cache;

    ProbeResource(SecurityIdentity identity, ClickHouse clickHouse, LargeAnswers largeAnswers, AnswerCache cache) {
        this.identity = identity;
        this.clickHouse = clickHouse;
        this.largeAnswers = largeAnswers;
        this.cache = cache;
    }

    public static void failWith(Supplier<RuntimeException> next) {
        failure = next;
    }

    public static void beforeCounting(Runnable action) {
        beforeCounting = action;
    }

    /** What {@code /probe/cached-events} does for each request. */
    public static void onRequest(Runnable action) {
        onRequest = action;
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

    /** As {@code /probe/events}, from the cache if possible. {@link #beforeCounting} runs if the engine is asked. */
    @GET
    @Path("/cached-events/{item}")
    @Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
    @Example("""
            {"count": 1}""")
    @WithDataAsOf
    @PermissionsAllowed(Permissions.METRICS_READ)
    public RestResponse<Count> cachedEvents(@PathParam("item") String item, @QueryParam("note") String note) {
        onRequest.run();
        Caller caller = Caller.of(identity);
        return cache.answer(caller, String.valueOf(note), () -> {
            beforeCounting.run();
            return new Count(
                    clickHouse.query(caller, "SELECT count() FROM events").one(row -> row.nextLong()));
        });
    }

    /** A table whose format only RESTEasy chooses. */
    @GET
    @Path("/table")
    @Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
    @Example("""
            {"count": 1}""")
    @PermitAll
    public RestResponse<Count> table() {
        return RestResponse.ok(new Count(1));
    }

    @GET
    @Path("/items/{item}")
    @PermissionsAllowed(Permissions.METRICS_READ)
    public String item(@PathParam("item") String item) {
        return item;
    }

    /** A query that takes minutes, unless the engine cancels it. */
    @GET
    @Path("/slow")
    @PermissionsAllowed(Permissions.METRICS_READ)
    public Count slow() {
        return new Count(clickHouse
                .query(Caller.of(identity), "SELECT sum(sleepEachRow(0.1)) FROM numbers(5000)")
                .setting("max_block_size", "1")
                .one(Row::nextLong));
    }

    /** A large answer of the given number of rows; rows after the given one fail. */
    @GET
    @Path("/large")
    @PermitAll
    public List<String> large(@QueryParam("rows") int rows, @QueryParam("makeable") int makeable) {
        largeAnswers.await(2);
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
