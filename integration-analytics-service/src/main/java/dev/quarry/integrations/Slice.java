package dev.quarry.integrations;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.http.Parameter;
import dev.quarry.http.Parameters;
import dev.quarry.time.Granularity;
import dev.quarry.time.Spine;
import dev.quarry.time.TooManyBuckets;
import dev.quarry.time.WholeDays;
import dev.quarry.time.Window;
import dev.quarry.time.Zones;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The part of a tenant's invocations that a request asks for, and the granularity of its series.
 *
 * @param granularity one of {@link #GRANULARITIES}
 * @param integrationKey only this integration; empty for all, as for {@code mode} and {@code slug}
 */
public record Slice(
        Window window,
        Granularity granularity,
        Optional<String> integrationKey,
        Optional<String> mode,
        Optional<String> slug) {
    /** Maximum number of buckets of one series. */
    public static final int MOST_BUCKETS = 10_000;

    /** An answer with more buckets is a large answer. Three panels of this many buckets are 400 KB of JSON. */
    private static final int MOST_BUCKETS_AT_ANY_TIME = 1_000;

    static final String GRANULARITY_PATTERN = "^(minute|hour|day|week)$";
    private static final List<Granularity> GRANULARITIES =
            List.of(Granularity.MINUTE, Granularity.HOUR, Granularity.DAY, Granularity.WEEK);

    /** As large as the maximum number of buckets, so that a series by day can reach that maximum. */
    private static final int LONGEST_DAYS = MOST_BUCKETS;

    private static final LocalDate EARLIEST = LocalDate.of(1971, 1, 1);
    private static final LocalDate LATEST = LocalDate.of(2099, 12, 31);

    /** The parameters of a request, declared but not yet checked. */
    public static final class Asked {
        private final Parameter<Granularity> granularity;
        private final Parameter<Optional<String>> integrationKey;
        private final Parameter<Optional<String>> mode;
        private final Parameter<Optional<String>> slug;
        private final Parameter<LocalDate> startDate;
        private final Parameter<LocalDate> endDate;
        private final Parameter<ZoneId> zone;

        public Asked(Parameters parameters) {
            granularity = parameters
                    .query("granularity")
                    .matching(GRANULARITY_PATTERN)
                    .map(name -> Granularity.named(name).orElseThrow())
                    .orElse(Granularity.HOUR);
            integrationKey = parameters.query("integration_key").text().optional();
            mode = parameters.query("mode").text().optional();
            slug = parameters.query("slug").text().optional();
            startDate = parameters.query("start_date").date().required();
            endDate = parameters.query("end_date").date().required();
            zone = parameters.query("tz").zone().orElse(Zones.UTC);
        }

        /**
         * Call only after the parameters were checked. A window that cannot be served fails with 400 and the reason.
         */
        public Slice slice() {
            Slice slice = new Slice(
                    window(startDate.value(), endDate.value(), zone.value()),
                    granularity.value(),
                    integrationKey.value(),
                    mode.value(),
                    slug.value());
            requireFewBuckets(slice);
            return slice;
        }
    }

    /** The slice of a request that has no other parameters. */
    public static Slice asked(UriInfo uri) {
        Parameters parameters = Parameters.of(Map.of(), uri.getQueryParameters());
        Asked asked = new Asked(parameters);
        parameters.check();
        return asked.slice();
    }

    /** The part of the slice within these days; empty if there is none. */
    Optional<Slice> within(WholeDays days) {
        if (days.contain(window.start())) {
            return Optional.of(this);
        }
        return days.start().isBefore(window.end())
                ? Optional.of(new Slice(
                        new Window(days.start(), window.end(), window.zone()), granularity, integrationKey, mode, slug))
                : Optional.empty();
    }

    /** The same selection in the window of equal length immediately before. */
    public Slice previous() {
        return new Slice(window.previous(), granularity, integrationKey, mode, slug);
    }

    /** Whether its series make a large answer. */
    boolean isLarge() {
        return spine().buckets().size() > MOST_BUCKETS_AT_ANY_TIME;
    }

    /** The starts of the series' buckets. */
    public Spine<Instant> spine() {
        return window.spine(granularity, MOST_BUCKETS);
    }

    private static Window window(LocalDate start, LocalDate end, ZoneId zone) {
        if (end.isBefore(start)) {
            throw refused("end_date %s is before start_date %s".formatted(end, start));
        }
        if (start.isBefore(EARLIEST) || end.isAfter(LATEST)) {
            throw refused("start_date and end_date must lie between %s and %s".formatted(EARLIEST, LATEST));
        }
        try {
            return Window.ofDays(start, end, zone, LONGEST_DAYS);
        } catch (IllegalArgumentException unservable) {
            throw refused(unservable.getMessage());
        }
    }

    private static void requireFewBuckets(Slice slice) {
        try {
            var _ = slice.spine();
        } catch (TooManyBuckets tooMany) {
            String fitting = tooMany.finestOf(GRANULARITIES)
                    .map(granularity -> "; granularity " + granularity.wireName() + " would fit")
                    .orElse("");
            throw refused(tooMany.getMessage() + fitting);
        }
    }

    private static FailureException refused(String message) {
        return new FailureException(new Failure.Malformed(400, message));
    }
}
