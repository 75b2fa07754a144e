package dev.quarry.metrics;

import dev.quarry.cache.AnswerCache;
import dev.quarry.caller.Caller;
import dev.quarry.parameters.Parameters;
import dev.quarry.retention.DataSince;
import dev.quarry.time.WholeDays;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.function.Supplier;
import org.jboss.resteasy.reactive.RestResponse;

/** Answers requests for a metric by day. */
@ApplicationScoped
public class DailySeries {
    private final SecurityIdentity identity;
    private final AnswerCache cache;
    private final DataSince since;

    DailySeries(SecurityIdentity identity, AnswerCache cache, DataSince since) {
        this.identity = identity;
        this.cache = cache;
        this.since = since;
    }

    /** Reads the values of days; a day without a value is 0. */
    @FunctionalInterface
    public interface Reader {
        List<TimeSeries.Point> read(Caller caller, Period period);
    }

    /**
     * Answers the current request.
     *
     * @param metric the endpoint's name
     * @param earlierDays number of days before each day that its value counts too; their events must be kept as well
     */
    public RestResponse<TimeSeries> answer(
            String metric, int earlierDays, Parameters<PeriodParameters> parameters, Reader reader) {
        PeriodParameters asked = parameters.read();
        return answer(metric, earlierDays, asked, asked::period, reader);
    }

    /**
     * Answers the current request of an endpoint with more parameters.
     *
     * @param asked all parameters
     */
    public RestResponse<TimeSeries> answer(
            String metric, int earlierDays, Record asked, Supplier<Period> periodOf, Reader reader) {
        Caller caller = Caller.of(identity);
        return cache.answer(caller, asked, () -> {
            Period period = periodOf.get();
            WholeDays known = since.events(period.zone()).plus(earlierDays);
            since.tell(known);
            return TimeSeries.of(metric, caller, period, known, reader.read(caller, period));
        });
    }
}
