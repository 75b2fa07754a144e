package dev.quarry.integrations;

import dev.quarry.caller.Caller;
import dev.quarry.groups.Groups;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Variant;
import java.util.List;
import java.util.Set;

/** Answers a request for one panel as JSON or CSV, with or without a comparison with the window before. */
@ApplicationScoped
public class PanelAnswers {
    public static final String CSV = "text/csv";

    private static final List<Variant> VARIANTS = Variant.mediaTypes(
                    MediaType.APPLICATION_JSON_TYPE, MediaType.valueOf(CSV))
            .build();

    private final Invocations invocations;
    private final SecurityIdentity identity;
    private final Request request;

    PanelAnswers(Invocations invocations, SecurityIdentity identity, Request request) {
        this.invocations = invocations;
        this.identity = identity;
        this.request = request;
    }

    /** For a panel with a row for each bucket. */
    public <R> Response series(Panel<R> panel, SeriesParameters asked) {
        Caller caller = Caller.of(identity);
        InvocationSlice slice = asked.panel().slice();
        Tallies current = invocations.tallies(caller, slice, Set.of(panel.cut()), Groups.MOST);
        return asked.comparison().isRequested()
                ? compared(panel, current, invocations.bucketsBefore(caller, slice))
                : plain(panel, current);
    }

    /** For a panel with a row for each group. */
    public <R> Response groups(Panel<R> panel, GroupParameters asked) {
        Caller caller = Caller.of(identity);
        InvocationSlice slice = asked.panel().slice();
        int limit = asked.limit().groups();
        if (!asked.comparison().isRequested()) {
            return plain(panel, invocations.tallies(caller, slice, Set.of(panel.cut()), limit));
        }
        Tallies groups = invocations.comparedGroups(caller, slice, panel.cut(), limit);
        return compared(panel, groups, groups.groupsBefore());
    }

    /** For a panel that already is a comparison. */
    public <R> Response comparison(Panel<R> panel, PanelParameters asked) {
        return plain(panel, invocations.tallies(Caller.of(identity), asked.slice(), Set.of(panel.cut()), Groups.MOST));
    }

    private <R> Response plain(Panel<R> panel, Tallies tallies) {
        List<R> rows = panel.rows().apply(tallies);
        long omitted = tallies.omitted(Set.of(panel.cut()));
        return wantsCsv() ? csv(new Csv<>(rows, panel.columns()), omitted) : json(rows, omitted);
    }

    private <R> Response compared(Panel<R> panel, Tallies current, Tallies previous) {
        List<Compared<R>> rows = panel.compare(current, previous);
        long omitted = current.omitted(Set.of(panel.cut()));
        return wantsCsv() ? csv(new Csv<>(rows, Csv.compared(panel.columns())), omitted) : json(rows, omitted);
    }

    private boolean wantsCsv() {
        Variant chosen = request.selectVariant(VARIANTS);
        return chosen != null && chosen.getMediaType().isCompatible(MediaType.valueOf(CSV));
    }

    private static Response json(List<?> rows, long omitted) {
        return response(Response.ok(rows, MediaType.APPLICATION_JSON_TYPE), omitted);
    }

    private static Response csv(Csv<?> csv, long omitted) {
        return response(Response.ok(csv, Csv.MEDIA_TYPE).header(HttpHeaders.CONTENT_LENGTH, csv.length()), omitted);
    }

    private static Response response(Response.ResponseBuilder response, long omitted) {
        return omitted == 0
                ? response.build()
                : response.header(Groups.OMITTED, omitted).build();
    }
}
