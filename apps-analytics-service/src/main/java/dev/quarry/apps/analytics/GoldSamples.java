package dev.quarry.apps.analytics;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.quarry.apps.analytics.RollupsQuery.SampledDay;
import dev.quarry.apps.analytics.VitalsQuery.Found;
import dev.quarry.apps.analytics.VitalsQuery.Ranks;
import dev.quarry.caller.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds gold's samples around places. It caches samples by the versions of their days. The samples of a version never
 * change, so the cache is never out of date, and repeated requests for an app make the engine read its bins once an
 * hour.
 */
@ApplicationScoped
class GoldSamples {
    /** The samples of forty windows with five vitals each: about 6 MB, at most 12 MB. */
    private static final int MOST_REMEMBERED = 600;

    private static final int LONGEST_REMEMBERED = 1_000;

    /**
     * A place moves as events arrive. The cache holds this many samples to either side, so that small moves need no
     * query.
     */
    private static final int MARGIN = 200;

    private final VitalsQuery query;
    private final Cache<Key, Stretch> remembered =
            Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).build();

    GoldSamples(VitalsQuery query) {
        this.query = query;
    }

    private record Content(String organization, String app, List<SampledDay> days) {}

    private record Key(Content content, String metric, int percent) {}

    /** Consecutive samples of a bin, ascending. The first of them has the rank {@code first} among gold's samples. */
    private record Stretch(int bin, long first, List<Double> samples) {

        boolean holds(Place place) {
            return bin == place.bin().number() && first <= place.first() && place.last() < first + samples.size();
        }

        List<Double> of(Place place) {
            return samples.subList((int) (place.first() - first), (int) (place.last() + 1 - first));
        }
    }

    /**
     * Gold's samples from each place's first rank to its last.
     *
     * @param places in bins of which gold has samples. A place is absent from the result if a day was rebuilt after the
     *     histogram was read, which is rare
     */
    Map<Place, List<Double>> read(Caller caller, String app, List<SampledDay> days, List<Place> places) {
        Content content = new Content(caller.organization(), app, days);
        Map<Place, List<Double>> samples = new HashMap<>();
        List<Place> unknown = new ArrayList<>();
        for (Place place : places) {
            Stretch stretch =
                    remembered.getIfPresent(new Key(content, place.bin().metric(), place.percent()));
            if (stretch != null && stretch.holds(place)) {
                samples.put(place, stretch.of(place));
            } else {
                unknown.add(place);
            }
        }
        if (unknown.isEmpty()) {
            return samples;
        }
        List<Ranks> asked = unknown.stream().map(GoldSamples::around).toList();
        for (Found found : query.values(caller, app, days, asked)) {
            Place place = unknown.get(found.index());
            if (found.refined() == place.bin().refined()) {
                Stretch stretch = new Stretch(
                        place.bin().number(), asked.get(found.index()).first(), found.values());
                samples.put(place, stretch.of(place));
                if (stretch.samples().size() <= LONGEST_REMEMBERED) {
                    remembered.put(new Key(content, place.bin().metric(), place.percent()), stretch);
                }
            }
        }
        return samples;
    }

    private static Ranks around(Place place) {
        return new Ranks(
                place.bin(),
                Math.max(1, place.first() - MARGIN),
                Math.min(place.bin().refined(), place.last() + MARGIN));
    }
}
