package dev.quarry.integrations.usage;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.integrations.Descriptions;
import dev.quarry.integrations.Panel;
import dev.quarry.integrations.Tally;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One bucket's invocations, by how they ended. */
@RegisterForReflection
@Schema(name = "src__analytics__integrations__schemas__InvocationsTimeseriesRow", title = "InvocationsTimeseriesRow")
@JsonNaming(SnakeCaseStrategy.class)
public record UsageRow(
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

        @Schema(required = true, title = "Vendor Errors", description = Descriptions.VENDOR_ERRORS)
        long vendorErrors,

        @Schema(required = true, title = "Exceptions", description = Descriptions.EXCEPTIONS)
        long exceptions) {

    public static final Panel<UsageRow> PANEL = Panel.ofBuckets(UsageRow.class, UsageRow::timeBucket, UsageRow::of);

    private static UsageRow of(Tally tally) {
        return new UsageRow(
                tally.bucket(), tally.invocations(), tally.successful(), tally.vendorErrors(), tally.exceptions());
    }
}
