package dev.quarry.metrics;

import dev.quarry.clickhouse.Row;
import dev.quarry.clickhouse.RowMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A value of a period, of a slice or of one of its groups.
 *
 * @param place as {@link Slice} defines it
 * @param key of the group; ignored for the whole and the rest
 * @param groups number of all groups
 */
public record SliceRow<V>(long place, String key, long groups, V value) {

    /** Reads the columns place, key and number of groups, after the columns that {@code value} reads. */
    public static <V> RowMapping<SliceRow<V>> mapping(RowMapping<V> value) {
        return row -> of(row, value.map(row));
    }

    private static <V> SliceRow<V> of(Row row, V value) {
        return new SliceRow<>(row.nextLong(), row.nextString(), row.nextLong(), value);
    }

    /** Rows of the whole, without groups. */
    public static <V> List<SliceRow<V>> ofWhole(List<V> values) {
        return values.stream().map(value -> new SliceRow<>(0, "", 0, value)).toList();
    }

    public static <V> List<V> whole(List<SliceRow<V>> rows) {
        return rows.stream()
                .filter(row -> row.place() == 0)
                .map(SliceRow::value)
                .toList();
    }

    /** Makes a group of each of the places 1 to {@code most}, in order. */
    public static <V, G> List<G> groups(List<SliceRow<V>> rows, int most, Group<V, G> group) {
        SortedMap<Long, List<SliceRow<V>>> byPlace = new TreeMap<>();
        rows.stream()
                .filter(row -> row.place() >= 1 && row.place() <= most)
                .forEach(row -> byPlace.computeIfAbsent(row.place(), _ -> new ArrayList<>())
                        .add(row));
        return byPlace.values().stream()
                .map(ofGroup -> group.of(
                        ofGroup.getFirst().key(),
                        ofGroup.stream().map(SliceRow::value).toList()))
                .toList();
    }

    /** The values of each of the places 1 to {@code most}, by the group's key. */
    public static <V> Map<String, List<V>> byKey(List<SliceRow<V>> rows, int most) {
        return groups(rows, most, (key, values) -> Map.entry(key, values)).stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** The values of the groups that are not among the largest. */
    public static <V> List<V> rest(List<SliceRow<V>> rows, int most) {
        return rows.stream()
                .filter(row -> row.place() == most + 1L)
                .map(SliceRow::value)
                .toList();
    }

    /** How many groups are not among the largest. */
    public static long omitted(List<? extends SliceRow<?>> rows, int most) {
        return rows.isEmpty() ? 0 : Math.max(0, rows.getFirst().groups() - most);
    }

    /** Makes a group of its key and its sparse values. */
    @FunctionalInterface
    public interface Group<V, G> {
        G of(String key, List<V> values);
    }
}
