package dev.quarry.organizations;

import dev.quarry.tabular.Table;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The number of resources with one value of a property; a row of a table.
 *
 * @param property such as {@code type}
 * @param count at least 1
 */
@RegisterForReflection
public record GroupCount(String property, String value, long count) {

    /**
     * The rows of several properties.
     *
     * @param counts by value, by property
     */
    public static Table<GroupCount> table(Map<String, Map<String, Long>> counts) {
        List<GroupCount> rows = new ArrayList<>();
        counts.forEach((property, values) ->
                values.forEach((value, count) -> rows.add(new GroupCount(property, value, count))));
        return new Table<>(GroupCount.class, rows);
    }
}
