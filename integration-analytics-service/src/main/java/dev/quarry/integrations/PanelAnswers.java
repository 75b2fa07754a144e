package dev.quarry.integrations;

import dev.quarry.caller.Caller;
import dev.quarry.groups.Groups;
import dev.quarry.http.Parameter;
import dev.quarry.http.Parameters;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.core.Variant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Answers a request for one panel as JSON or CSV, with or without a comparison with the window before. */
@ApplicationScoped
public class PanelAnswers {
    public static final String CSV = "text/csv";

    private static final List<Variant> VARIANTS = Variant.mediaTypes(
                    MediaType.APPLICATION_JSON_TYPE, MediaType.valueOf(CSV))
            .build();
    private static final String NONE = "none";
    private static final String PREVIOUS = "previous";

    private final Invocations invocations;
    private final SecurityIdentity identity;

    PanelAnswers(Invocations invocations, SecurityIdentity identity) {
        this.invocations = invocations;
        this.identity = identity;
    }

    /** For a panel that takes {@code compare=none|previous}. */
    public <R> Response comparable(Panel<R> panel, UriInfo uri, Request request) {
        Caller caller = Caller.of(identity);
        Parameters parameters = Parameters.of(Map.of(), uri.getQueryParameters());
        Slice.Asked asked = new Slice.Asked(parameters);
        Parameter<String> compare =
                parameters.query("compare").literal(NONE, PREVIOUS).orElse(NONE);
        Parameter<Integer> limit = panel.cut().isGrouped() ? Groups.limit(parameters) : null;
        parameters.check();
        Slice slice = asked.slice();
        int most = limit == null ? Groups.MOST : limit.value();
        if (compare.value().equals(NONE)) {
            return plain(panel, invocations.tallies(caller, slice, Set.of(panel.cut()), most), request);
        }
        if (panel.cut().isGrouped()) {
            Tallies groups = invocations.comparedGroups(caller, slice, panel.cut(), most);
            return compared(panel, groups, groups.groupsBefore(), request);
        }
        Tallies current = invocations.tallies(caller, slice, Set.of(panel.cut()), most);
        return compared(panel, current, invocations.bucketsBefore(caller, slice), request);
    }

    /** For a panel that already is a comparison. */
    public <R> Response plain(Panel<R> panel, UriInfo uri, Request request) {
        Slice slice = Slice.asked(uri);
        Tallies tallies = invocations.tallies(Caller.of(identity), slice, Set.of(panel.cut()), Groups.MOST);
        return plain(panel, tallies, request);
    }

    private static <R> Response plain(Panel<R> panel, Tallies tallies, Request request) {
        List<R> rows = panel.rows().apply(tallies);
        long omitted = tallies.omitted(Set.of(panel.cut()));
        return wantsCsv(request) ? csv(rows, panel.columns(), omitted) : json(rows, omitted);
    }

    private static <R> Response compared(Panel<R> panel, Tallies current, Tallies previous, Request request) {
        List<Compared<R>> rows = panel.compare(current, previous);
        long omitted = current.omitted(Set.of(panel.cut()));
        return wantsCsv(request) ? csv(rows, Csv.compared(panel.columns()), omitted) : json(rows, omitted);
    }

    private static boolean wantsCsv(Request request) {
        Variant chosen = request.selectVariant(VARIANTS);
        return chosen != null && chosen.getMediaType().isCompatible(MediaType.valueOf(CSV));
    }

    private static Response json(List<?> rows, long omitted) {
        return response(Response.ok(rows, MediaType.APPLICATION_JSON_TYPE), omitted);
    }

    private static <R> Response csv(List<R> rows, List<Panel.Column<R>> columns, long omitted) {
        Csv<R> csv = new Csv<>(rows, columns);
        return response(
                Response.ok((StreamingOutput) csv::write, Csv.MEDIA_TYPE)
                        .header(HttpHeaders.CONTENT_LENGTH, csv.length()),
                omitted);
    }

    private static Response response(Response.ResponseBuilder response, long omitted) {
        return omitted == 0
                ? response.build()
                : response.header(Groups.OMITTED, omitted).build();
    }
}
