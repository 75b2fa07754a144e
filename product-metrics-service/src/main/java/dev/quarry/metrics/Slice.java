package dev.quarry.metrics;

import dev.quarry.clickhouse.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which events count, and how they are grouped. Queries of a slice are made of the SQL here. They read profiles, the
 * combinations of values that events have, and call the values of one {@code of_values}.
 *
 * <p>A query first makes rows with a {@code key}, which is the value of the breakdown's dimension, and the {@code size}
 * of the key's group, the same in all rows of the key. Between {@link #RANKED} and {@link #END}, such rows get
 * {@code places} to count in: 0 for the whole, 1 and up for the largest groups, one more for the rest; and
 * {@code group_count}, the number of all groups. A key of size 0 is no
 * group, but counts in the whole and the rest: tool calls without a user have no users.
 *
 * @param filters the wanted values of each dimension, in the order of {@link Dimension}; none if there is no filter
 */
public record Slice(List<List<String>> filters, Breakdown breakdown) {
    /** Profiles are read instead of sums of days. */
    public static final int WEIGHT = 4;

    /** Whether the filters let {@code of_values} through. */
    public static final String MATCHES = """
            arrayAll(
              (chosen, value) -> empty(chosen) OR has(chosen, value),
              {filters:Array(Array(String))}, arrayResize(CAST(of_values, 'Array(String)'), 6))
            """;

    /** The value in {@code of_values} to group by; empty without a breakdown. */
    public static final String KEY = """
            if({dimension:UInt8} = 0, '', CAST(of_values, 'Array(String)')[greatest({dimension:UInt8}, 1)])
            """;

    public static final String RANKED = """
            SELECT *,
              max(if(size > 0, place_of_key, 0)) OVER () AS group_count,
              if({groups:UInt32} = 0,
                [toUInt64(0)],
                [toUInt64(0), if(size > 0, least(place_of_key, toUInt64({groups:UInt32}) + 1), {groups:UInt32} + 1)]) AS places
            FROM (
              SELECT *, dense_rank() OVER (ORDER BY size DESC, key) AS place_of_key
              FROM (
            """;

    public static final String END = """
            ))
            """;

    private static final List<Dimension> DIMENSIONS = List.of(Dimension.values());

    /** Whether every event counts and there are no groups, so that sums of days can answer. */
    public boolean isWhole() {
        return filters.stream().allMatch(List::isEmpty) && !hasGroups();
    }

    /** Whether a breakdown makes groups. */
    public boolean hasGroups() {
        return breakdown.by().isPresent();
    }

    /** The dimension of the filter and the breakdown, if they concern no other one. */
    public Optional<Dimension> onlyDimension() {
        List<Dimension> concerned = DIMENSIONS.stream()
                .filter(dimension ->
                        !filter(dimension).isEmpty() || breakdown.by().equals(Optional.of(dimension)))
                .toList();
        return concerned.size() == 1 ? Optional.of(concerned.getFirst()) : Optional.empty();
    }

    /** The wanted values of a dimension; none if all count. */
    public List<String> filter(Dimension dimension) {
        return filters.get(DIMENSIONS.indexOf(dimension));
    }

    /** The same events without groups. */
    public Slice withoutGroups() {
        return new Slice(filters, new Breakdown(Optional.empty(), breakdown.groups()));
    }

    /** Only the events of these groups, with a group for each. */
    public Slice ofGroups(List<String> keys) {
        List<List<String>> narrower = new ArrayList<>(filters);
        narrower.set(DIMENSIONS.indexOf(breakdown.by().orElseThrow()), keys);
        return new Slice(narrower, new Breakdown(breakdown.by(), keys.size()));
    }

    /** Binds the parameters of the SQL above. */
    public Query bind(Query query) {
        return query.weight(WEIGHT)
                .bindStringLists("filters", filters)
                .bind("dimension", breakdown.by().map(DIMENSIONS::indexOf).orElse(-1) + 1)
                .bind("groups", hasGroups() ? breakdown.groups() : 0);
    }
}
