package dev.quarry.metrics.powerusers;

import dev.quarry.auth.Caller;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.metrics.Quotient;
import java.time.LocalDate;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * How many users call tools a lot.
 *
 * @param threshold as many tool calls in the window, or more, make a power user
 * @param totalUsers distinct users active in the window
 * @param percentage {@code powerUsers} of {@code totalUsers}, two decimals
 */
@Schema(name = "PowerUsersResponse")
public record PowerUsers(
        @Schema(required = true) String metric,
        @Schema(required = true) String organizationId,
        @Schema(required = true) LocalDate from,
        @Schema(required = true) LocalDate to,
        @Schema(required = true) int threshold,
        @Schema(required = true) long totalUsers,
        @Schema(required = true) long powerUsers,
        @Schema(required = true) double percentage) {

    record Counts(long total, long power) {
        static final Counts NONE = new Counts(0, 0);
    }

    static PowerUsers of(Caller caller, PeriodParameters asked, int threshold, Counts counts) {
        return new PowerUsers(
                "power-users",
                caller.organization(),
                asked.from(),
                asked.to(),
                threshold,
                counts.total(),
                counts.power(),
                Quotient.percentage(counts.power(), counts.total()));
    }
}
