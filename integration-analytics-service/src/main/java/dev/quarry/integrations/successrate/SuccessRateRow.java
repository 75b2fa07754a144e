package dev.quarry.integrations.successrate;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.integrations.Descriptions;
import dev.quarry.integrations.Panel;
import dev.quarry.integrations.Tally;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * One bucket's success rate.
 *
 * @param successRatePct percent, two decimals; 0 where nothing was invoked
 */
@RegisterForReflection
@Schema(name = "src__analytics__integrations__schemas__SuccessRateTimeseriesRow", title = "SuccessRateTimeseriesRow")
@JsonNaming(SnakeCaseStrategy.class)
public record SuccessRateRow(
        @Schema(
                required = true,
                title = "Time Bucket",
                implementation = String.class,
                format = "date-time",
                description = Descriptions.TIME_BUCKET)
        Instant timeBucket,

        @Schema(required = true, title = "Invocations", description = Descriptions.INVOCATIONS)
        long invocations,

        @Schema(required = true, title = "Successful", description = Descriptions.SUCCESSFUL)
        long successful,

        @Schema(required = true, title = "Success Rate Pct", description = Descriptions.SUCCESS_RATE)
        double successRatePct) {

    public static final Panel<SuccessRateRow> PANEL =
            Panel.ofBuckets(SuccessRateRow.class, SuccessRateRow::timeBucket, SuccessRateRow::of);

    private static SuccessRateRow of(Tally tally) {
        return new SuccessRateRow(tally.bucket(), tally.invocations(), tally.successful(), tally.successRate());
    }
}
