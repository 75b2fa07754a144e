package dev.quarry.integrations;

import dev.quarry.csv.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One panel of the dashboard: what it is made from and what its rows look like. The envelope and the panel's own endpoint
 * share it, so they cannot differ.
 *
 * @param rows the panel's rows, from the tallies of its cut
 * @param columns what CSV shows of a row; the first one says which bucket or group the row is about
 */
public record Panel<R>(Cut cut, Function<Tallies, List<R>> rows, List<Column<R>> columns) {
    public Panel {
        columns = List.copyOf(columns);
    }

    /** Buckets are paired by their place in the window, groups by their name. */
    List<Compared<R>> compare(Tallies current, Tallies previous) {
        List<R> now = rows.apply(current);
        List<R> before = rows.apply(previous);
        return cut == Cut.BUCKET ? byPlace(now, before) : byName(now, before);
    }

    private List<Compared<R>> byPlace(List<R> now, List<R> before) {
        return Series.list(
                now.size(), place -> new Compared<>(now.get(place), place < before.size() ? before.get(place) : null));
    }

    /** Groups that are gone follow those that are there. */
    private List<Compared<R>> byName(List<R> now, List<R> before) {
        Function<R, Object> name = columns.getFirst().value();
        Map<Object, R> earlier = new HashMap<>();
        before.forEach(row -> earlier.put(name.apply(row), row));
        List<Compared<R>> pairs = new ArrayList<>();
        for (R row : now) {
            pairs.add(new Compared<>(row, earlier.remove(name.apply(row))));
        }
        for (R row : before) {
            if (earlier.containsKey(name.apply(row))) {
                pairs.add(new Compared<>(null, row));
            }
        }
        return pairs;
    }
}
