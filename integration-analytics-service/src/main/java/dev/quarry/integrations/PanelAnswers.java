package dev.quarry.integrations;

import dev.quarry.cache.AnswerCache;
import dev.quarry.caller.Caller;
import dev.quarry.comparison.CompareParameter;
import dev.quarry.groups.Groups;
import dev.quarry.tabular.Column;
import dev.quarry.tabular.EncodedTable;
import dev.quarry.tabular.TableAnswers;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Answers a request for one panel in the format that the client wants, with or without a comparison with an earlier window. */
@ApplicationScoped
public class PanelAnswers {
    private final Invocations invocations;
    private final SecurityIdentity identity;
    private final AnswerCache cache;
    private final TableAnswers tables;

    PanelAnswers(Invocations invocations, SecurityIdentity identity, AnswerCache cache, TableAnswers tables) {
        this.invocations = invocations;
        this.identity = identity;
        this.cache = cache;
        this.tables = tables;
    }

    /**
     * An answer as a table.
     *
     * @param rows what JSON has
     * @param columns for other formats
     * @param omitted how many groups it leaves out
     */
    private record Table<T>(List<T> rows, List<Column<T>> columns, long omitted) {}

    /** For a panel with a row for each bucket. A large answer is not cached: it is written while it is made. */
    public <R> Response series(Panel<R> panel, SeriesParameters asked) {
        CompareParameter comparison = asked.comparison().choice();
        InvocationSlice slice = asked.panel().slice(comparison);
        Function<Caller, Table<?>> read = caller -> {
            Tallies current = invocations.tallies(caller, slice, Set.of(panel.cut()), Groups.MOST);
            return comparison.isRequested()
                    ? compared(panel, current, invocations.bucketsBefore(caller, slice, comparison))
                    : plain(panel, current);
        };
        return slice.isLarge() ? large(read) : cached(asked, read);
    }

    /** For a panel with a row for each group. */
    public <R> Response groups(Panel<R> panel, GroupParameters asked) {
        InvocationSlice slice = asked.panel().slice(asked.comparison().choice());
        int limit = asked.limit().groups();
        return cached(asked, caller -> {
            if (!asked.comparison().isRequested()) {
                return plain(panel, invocations.tallies(caller, slice, Set.of(panel.cut()), limit));
            }
            Tallies groups = invocations.comparedGroups(caller, slice, panel.cut(), limit);
            return compared(panel, groups, groups.groupsBefore());
        });
    }

    /** For a panel that already is a comparison. */
    public <R> Response comparison(Panel<R> panel, SummaryParameters asked) {
        InvocationSlice slice = asked.panel().slice(asked.comparison().choice());
        return cached(
                asked, caller -> plain(panel, invocations.tallies(caller, slice, Set.of(panel.cut()), Groups.MOST)));
    }

    private <R> Table<R> plain(Panel<R> panel, Tallies tallies) {
        return new Table<>(
                panel.rows().apply(tallies), tables.columns(panel.row()), tallies.omitted(Set.of(panel.cut())));
    }

    private <R> Table<Compared<R>> compared(Panel<R> panel, Tallies current, Tallies previous) {
        return new Table<>(
                panel.compare(current, previous),
                Compared.columns(tables.columns(panel.row())),
                current.omitted(Set.of(panel.cut())));
    }

    private Response cached(Record asked, Function<Caller, Table<?>> read) {
        Caller caller = Caller.of(identity);
        return cache.respond(caller, asked, () -> {
                    Table<?> table = read.apply(caller);
                    Optional<EncodedTable> encoded = encoded(table);
                    return Groups.<Object>answer(encoded.isPresent() ? encoded.get() : table.rows(), table.omitted());
                })
                .toResponse();
    }

    private Response large(Function<Caller, Table<?>> read) {
        Table<?> table = read.apply(Caller.of(identity));
        return encoded(table)
                .map(encoded -> Response.ok(encoded, encoded.format().contentType())
                        .header(HttpHeaders.CONTENT_LENGTH, encoded.length()))
                .orElseGet(() -> Response.ok(table.rows(), MediaType.APPLICATION_JSON_TYPE))
                .build();
    }

    /** Empty if the client wants JSON. */
    private <T> Optional<EncodedTable> encoded(Table<T> table) {
        return tables.wanted().map(format -> tables.encode(format, table.rows(), table.columns()));
    }
}
