package dev.quarry.metrics.retention;

import dev.quarry.arrow.ArrowStream;
import dev.quarry.cache.AnswerCache;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.metrics.EarlierWindow;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.Slice;
import dev.quarry.metrics.SliceRow;
import dev.quarry.metrics.Unit;
import dev.quarry.parameters.Parameters;
import dev.quarry.retention.DataSince;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import dev.quarry.tabular.Csv;
import dev.quarry.time.Granularity;
import dev.quarry.time.WholeDays;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

@Path("/v1/metrics/retention")
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
@PermissionsAllowed(Permissions.METRICS_READ)
@WithDataAsOf
@WithDataSince
@RunOnVirtualThread
public class RetentionResource {
    private final RetentionQuery query;
    private final SecurityIdentity identity;
    private final AnswerCache cache;
    private final Parameters<RetentionParameters> parameters;
    private final DataSince since;

    public RetentionResource(
            RetentionQuery query,
            SecurityIdentity identity,
            AnswerCache cache,
            Parameters<RetentionParameters> parameters,
            DataSince since) {
        this.query = query;
        this.identity = identity;
        this.cache = cache;
        this.parameters = parameters;
        this.since = since;
    }

    @GET
    @Operation(
            operationId = "getRetention",
            summary = "Of the users new on each day, week or month, those who came back")
    @Example("""
            {"metric": "retention", "organizationId": "org_1", "from": "2026-02-01", "to": "2026-02-21", "days": 7,
             "data": [{"period": "2026-02-01", "retained": 101, "cohortSize": 230}]}
            """)
    public RestResponse<Retention> retention() {
        Caller caller = Caller.of(identity);
        RetentionParameters asked = parameters.read();
        return cache.answer(caller, asked, () -> retention(caller, asked));
    }

    private Retention retention(Caller caller, RetentionParameters asked) {
        Period period = asked.period();
        Unit unit = asked.cohortUnit();
        LocalDate today = Granularity.DAY.dateOf(asked.dates().now(), period.zone());
        LocalDate lastOver = unit.plus(unit.periodOf(today), -asked.days() - 1);
        Optional<Period> over = period.until(unit.plus(lastOver, 1).minusDays(1));
        Optional<WholeDays> kept = kept(period.zone(), unit, asked);
        Retention retention = kept.map(known -> over.flatMap(cohorts -> cohorts.within(known)))
                .orElse(over)
                .map(shown -> Retention.of(caller, period, shown, asked, rows(caller, shown, asked.slice(), asked)))
                .orElseGet(() -> Retention.none(caller, period, asked));
        if (!asked.comparison().isRequested()) {
            return retention;
        }
        List<LocalDate> shown =
                retention.data().stream().map(Retention.Cohort::period).toList();
        return retention.with(
                EarlierWindow.of(asked.comparison(), period, unit, shown, kept),
                asked.slice(),
                (earlier, slice) -> rows(caller, earlier, slice, asked));
    }

    private List<SliceRow<Retention.Cohort>> rows(
            Caller caller, Period period, Slice slice, RetentionParameters asked) {
        return slice.isWhole()
                ? SliceRow.ofWhole(query.fetch(caller, period, asked))
                : query.fetchSlice(caller, period, slice, asked);
    }

    /**
     * Days whose cohorts can be counted, because the events of the period of return are kept. Empty if that holds for
     * all days, as for {@code on_or_after}: last uses are kept for ever.
     */
    private Optional<WholeDays> kept(ZoneId zone, Unit unit, RetentionParameters asked) {
        return switch (asked.mode()) {
            case ON_OR_AFTER -> Optional.empty();
            case EXACTLY -> {
                WholeDays events = since.events(zone);
                LocalDate begun = unit.periodOf(events.first());
                LocalDate firstReturn = begun.equals(events.first()) ? begun : unit.plus(begun, 1);
                LocalDate firstCohort = unit.plus(firstReturn, -asked.days());
                WholeDays known = events.plus(Math.toIntExact(ChronoUnit.DAYS.between(events.first(), firstCohort)));
                since.tell(known);
                yield Optional.of(known);
            }
        };
    }
}
