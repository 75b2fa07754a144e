package dev.quarry.metrics.powerusers;

import dev.quarry.caller.Caller;
import dev.quarry.metrics.Period;
import dev.quarry.numbers.Quotient;
import dev.quarry.tabular.Table;
import dev.quarry.tabular.Tabular;
import java.time.LocalDate;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Users with many tool calls.
 *
 * @param threshold minimum number of tool calls in the window that makes a power user
 * @param totalUsers distinct users active in the window
 * @param percentage {@code powerUsers} of {@code totalUsers}, two decimals
 */
@Schema(name = "PowerUsersResponse")
public record PowerUsers(
        @Schema(required = true, description = "Name of the endpoint")
        String metric,

        @Schema(required = true, description = "Organization that the numbers are about")
        String organizationId,

        @Schema(required = true, description = "First day of the window, inclusive")
        LocalDate from,

        @Schema(required = true, description = "Last day of the window, inclusive")
        LocalDate to,

        @Schema(
                required = true,
                description = "Number of tool calls in the window that makes a power user, 1 to 1000000")
        int threshold,

        @Schema(required = true, description = "Number of users active in the window, at least 0")
        long totalUsers,

        @Schema(required = true, description = "Number of users with at least `threshold` tool calls in the window")
        long powerUsers,

        @Schema(required = true, description = "Share of the users who are power users: 0 to 100, two decimals")
        double percentage)
        implements Tabular {

    @Override
    public Table<?> table() {
        return new Table<>(PowerUsers.class, List.of(this));
    }

    record Counts(long total, long power) {
        static final Counts NONE = new Counts(0, 0);
    }

    static PowerUsers of(Caller caller, Period period, int threshold, Counts counts) {
        return new PowerUsers(
                "power-users",
                caller.organization(),
                period.from(),
                period.to(),
                threshold,
                counts.total(),
                counts.power(),
                Quotient.percentage(counts.power(), counts.total()));
    }
}
