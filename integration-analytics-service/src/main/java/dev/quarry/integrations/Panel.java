package dev.quarry.integrations;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One panel of the dashboard: its cut and the format of its rows. The dashboard and the panel's own endpoint share it,
 * so they cannot differ.
 *
 * @param rows makes the panel's rows from the tallies of its cut
 * @param columns the columns of CSV; the first one names the row's bucket or group
 */
public record Panel<R>(Cut cut, Function<Tallies, List<R>> rows, List<Column<R>> columns) {
    public Panel {
        columns = List.copyOf(columns);
    }

    /**
     * A column of CSV.
     *
     * @param name same as the JSON property
     */
    public record Column<R>(String name, Function<R, Object> value) {}

    /** Pairs buckets by their place in the window, and groups by their name. */
    List<Compared<R>> compare(Tallies current, Tallies previous) {
        List<R> now = rows.apply(current);
        List<R> before = rows.apply(previous);
        return cut == Cut.BUCKET ? byPlace(now, before) : byName(now, before);
    }

    private List<Compared<R>> byPlace(List<R> now, List<R> before) {
        return Series.list(
                now.size(), place -> new Compared<>(now.get(place), place < before.size() ? before.get(place) : null));
    }

    /** Groups that occur only in the previous window come last. */
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
