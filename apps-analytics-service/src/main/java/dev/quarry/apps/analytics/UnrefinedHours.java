package dev.quarry.apps.analytics;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.quarry.apps.AppsConfiguration;
import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Row;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Knows which of an organisation's hours have to be read from bronze, because gold may not have all of their events.
 * {@link #read} tells, for who reads gold after it. It takes a round trip, and hardly ever brings anything new; so what was
 * found is also remembered, for who would rather read {@link #MARKED} beside gold, to see whether that was still right.
 */
@ApplicationScoped
class UnrefinedHours {
    /**
     * Hours, as {@code bucket}, that have a mark or were rebuilt after {@code settled_by}. All other hours were in gold
     * before {@code settled_by}, so a later read of gold has them, whenever this query runs. It reads marks first,
     * because the job records an hour as rebuilt before it clears the hour's marks.
     */
    static final String MARKED = """
            SELECT DISTINCT bucket
            FROM
            (
                SELECT bucket
                FROM app_marks FINAL
                WHERE organization_id = {organization:String}
                  AND bucket >= toStartOfHour({start:DateTime64(3, 'UTC')})
                  AND bucket < {end:DateTime64(3, 'UTC')}
                  AND sign = 1
                UNION ALL
                SELECT bucket
                FROM app_rebuilt_hours
                WHERE organization_id = {organization:String}
                  AND bucket >= toStartOfHour({start:DateTime64(3, 'UTC')})
                  AND bucket < {end:DateTime64(3, 'UTC')}
                  AND at > {settled_by:DateTime64(3, 'UTC')}
            )
            """;

    private static final int MOST_REMEMBERED = 100_000;

    private final ClickHouse clickHouse;
    private final Duration settling;
    private final Cache<String, Set<Instant>> remembered = Caffeine.newBuilder()
            .maximumWeight(MOST_REMEMBERED)
            .weigher((String organization, Set<Instant> hours) -> 1 + hours.size())
            .build();

    UnrefinedHours(ClickHouse clickHouse, AppsConfiguration configuration) {
        this.clickHouse = clickHouse;
        this.settling = configuration.settling();
    }

    /** What is not among them, gold has if it is read after this. */
    List<Instant> read(Caller caller, Window window) {
        List<Instant> hours = marked(caller, window, Window.LATEST);
        remember(caller, window, hours);
        return hours;
    }

    List<Instant> marked(Caller caller, Window window, Instant settledBy) {
        return clickHouse
                .query(caller, MARKED)
                .bind("start", window.start())
                .bind("end", window.end())
                .bind("settled_by", settledBy)
                .list(Row::nextInstant);
    }

    /**
     * What {@link #MARKED} is to be asked with, for who reads gold after this. By the machine's clock, whatever the time of
     * requests is: marks have the engine's.
     */
    Instant settledBy() {
        return Instant.now().minus(settling);
    }

    /** Those that were found when the organisation's hours were last looked at. */
    Set<Instant> remembered(Caller caller) {
        Set<Instant> hours = remembered.getIfPresent(caller.organization());
        return hours == null ? Set.of() : hours;
    }

    /** Takes a window's in place of what was known of it. */
    void remember(Caller caller, Window window, List<Instant> hours) {
        Instant first = window.start().truncatedTo(ChronoUnit.HOURS);
        Set<Instant> all = new HashSet<>(hours);
        remembered(caller).stream().filter(hour -> hour.isBefore(first)).forEach(all::add);
        remembered.put(caller.organization(), Set.copyOf(all));
    }
}
