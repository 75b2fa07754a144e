package dev.quarry.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.quarry.caller.Caller;
import dev.quarry.request.RequestContext;
import io.vertx.core.Context;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The questions of recent requests. The same request of the same organisation, with the same permissions and within the
 * same minute, asks the same question again: what a request asks changes at most with the hour of a time zone.
 */
@Singleton
class RepeatedRequests {
    private static final String ARRIVAL = RepeatedRequests.class.getName();
    /** Each cache of this class may hold a sixteenth of the answer cache's bytes, in addition to them. */
    private static final int SHARE = 16;
    /** Estimated bytes of an entry besides the text of its request: its objects, those of its question included. */
    private static final int OVERHEAD = 1_000;

    private final Clock clock;
    /** The requests in {@link #known}, whoever sent them. Other requests need not be authenticated before routing. */
    private final Cache<Sent, Boolean> sent;

    private final Cache<Repeat, Known> known;

    /** @param accept the header of the chosen format; empty for JSON */
    private record Sent(String uri, String accept) {
        int size() {
            return OVERHEAD + Character.BYTES * uri.length();
        }
    }

    private record Repeat(String organization, Set<String> permissions, Sent sent) {}

    /**
     * A request that has arrived.
     *
     * @param minute when it arrived, in full minutes
     */
    private record Arrival(Sent sent, Instant minute, Context context) {}

    /**
     * A request that was answered.
     *
     * @param minute when it arrived, in full minutes
     * @param route the template of its path
     * @param isAllowed whether its endpoint would still answer it
     */
    record Known(Question question, Instant minute, String route, BooleanSupplier isAllowed) {}

    RepeatedRequests(Clock clock, AnswerCacheConfiguration configuration) {
        this.clock = clock;
        long bytes = configuration.bytes() / SHARE;
        this.sent = Caffeine.newBuilder()
                .maximumWeight(bytes)
                .weigher((Sent request, Boolean yes) -> request.size())
                .build();
        this.known = Caffeine.newBuilder()
                .maximumWeight(bytes)
                .weigher((Repeat repeat, Known request) -> repeat.sent().size())
                .build();
    }

    /** Notes when a request arrived. Returns whether the same one was answered before, to any organisation. */
    boolean arrive(RoutingContext context, Context own) {
        HttpServerRequest request = context.request();
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        var arrival = new Arrival(new Sent(request.uri(), accept == null ? "" : accept), minute(), own);
        context.put(ARRIVAL, arrival);
        return sent.getIfPresent(arrival.sent()) != null;
    }

    /** The earlier request that is the same; empty if there was none in this minute, or its endpoint may refuse it now. */
    Optional<Known> find(RoutingContext context, Caller caller) {
        Arrival arrival = context.get(ARRIVAL);
        return Optional.ofNullable(known.getIfPresent(repeat(arrival, caller)))
                .filter(request -> request.minute().equals(arrival.minute()) && isNow(arrival.minute()))
                .filter(request -> request.isAllowed().getAsBoolean());
    }

    /** Remembers what the current request asks. */
    void remember(Caller caller, Question question, BooleanSupplier isAllowed) {
        RequestContext.currentRouting().ifPresent(context -> {
            Arrival arrival = context.get(ARRIVAL);
            if (arrival == null) {
                return;
            }
            Repeat repeat = repeat(arrival, caller);
            Known before = known.getIfPresent(repeat);
            // The parameters were read at some time between the arrival and now.
            boolean sameMinute = isNow(arrival.minute());
            String route = RequestContext.template(arrival.context());
            boolean isKnown = before != null && before.minute().equals(arrival.minute());
            if (sameMinute && route != null && !isKnown) {
                // The answer cache finds a question faster by the instance that it has.
                Question same = before != null && before.question().equals(question) ? before.question() : question;
                known.put(repeat, new Known(same, arrival.minute(), route, isAllowed));
                sent.put(arrival.sent(), true);
            }
        });
    }

    private boolean isNow(Instant minute) {
        return minute().equals(minute);
    }

    private Instant minute() {
        return clock.instant().truncatedTo(ChronoUnit.MINUTES);
    }

    private static Repeat repeat(Arrival arrival, Caller caller) {
        return new Repeat(caller.organization(), caller.permissions(), arrival.sent());
    }
}
