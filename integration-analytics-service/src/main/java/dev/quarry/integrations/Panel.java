package dev.quarry.integrations;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One panel of the dashboard: what it is made from and what its rows look like. The envelope and the panel's own endpoint
 * share it, so they cannot differ.
 *
 * @param row the type of the rows
 * @param key which bucket or group a row is about
 * @param rows the panel's rows, from the tallies of its cut
 */
public record Panel<R>(Cut cut, Class<R> row, Function<R, Object> key, Function<Tallies, List<R>> rows) {

    /** A panel with a row for each bucket of the window. */
    public static <R> Panel<R> ofBuckets(Class<R> row, Function<R, Object> key, Function<Tally, R> of) {
        return new Panel<>(Cut.BUCKET, row, key, tallies -> tallies.buckets(of));
    }

    /** A panel with a row for each group of the cut. */
    public static <R> Panel<R> ofGroups(Cut cut, Class<R> row, Function<R, Object> key, Function<Tally, R> of) {
        return new Panel<>(
                cut, row, key, tallies -> tallies.groups(cut).stream().map(of).toList());
    }

    /** Buckets are paired by their place in the window, groups by their name. */
    List<Compared<R>> compare(Tallies current, Tallies previous) {
        List<R> now = rows.apply(current);
        List<R> before = rows.apply(previous);
        return cut == Cut.BUCKET ? byPlace(now, before, previous) : byName(now, before);
    }

    /** An earlier bucket that has lost invocations has no row: its 0 would say that there were none. */
    private List<Compared<R>> byPlace(List<R> now, List<R> before, Tallies previous) {
        return Series.list(
                now.size(),
                place -> new Compared<>(
                        now.get(place), place < before.size() && previous.isKept(place) ? before.get(place) : null));
    }

    /** Groups that are gone follow those that are there. */
    private List<Compared<R>> byName(List<R> now, List<R> before) {
        Map<Object, R> earlier = new HashMap<>();
        before.forEach(row -> earlier.put(key.apply(row), row));
        List<Compared<R>> pairs = new ArrayList<>();
        for (R row : now) {
            pairs.add(new Compared<>(row, earlier.remove(key.apply(row))));
        }
        for (R row : before) {
            if (earlier.containsKey(key.apply(row))) {
                pairs.add(new Compared<>(null, row));
            }
        }
        return pairs;
    }
}
