package dev.quarry.integrations;

import dev.quarry.tabular.Column;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A panel's row beside its counterpart of an earlier window.
 *
 * @param current null where the group has no invocations any more
 * @param previous null where the group had none yet, the earlier window has no bucket in this place, or not all
 *     invocations of that bucket are kept
 */
@RegisterForReflection
public record Compared<R>(R current, R previous) {

    /**
     * The columns of both rows side by side, the earlier row's with the prefix {@code previous_}; a missing row is
     * empty.
     */
    static <R> List<Column<Compared<R>>> columns(List<Column<R>> columns) {
        List<Column<Compared<R>>> both = new ArrayList<>();
        columns.forEach(column -> both.add(column(column.name(), column, Compared::current)));
        columns.forEach(column -> both.add(column("previous_" + column.name(), column, Compared::previous)));
        return both;
    }

    private static <R> Column<Compared<R>> column(String name, Column<R> column, Function<Compared<R>, R> side) {
        return new Column<>(name, column.type(), pair -> {
            R row = side.apply(pair);
            return row == null ? null : column.value().apply(row);
        });
    }
}
