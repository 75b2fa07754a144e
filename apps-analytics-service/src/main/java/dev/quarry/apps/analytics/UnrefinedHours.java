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
 * Finds the hours of an organisation that must be read from bronze, because gold may lack some of their events. Call
 * {@link #read} before reading gold. It takes a round trip and rarely finds other hours than the last time, so the
 * hours are also remembered: a caller may instead use the remembered hours, read {@link #MARKED} while it reads gold,
 * and check that they were still right.
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

    /** Reads the hours. A later read of gold finds all other hours up to date. */
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
     * The value of {@code settled_by} for {@link #MARKED}, for a caller that reads gold afterwards. It follows the
     * machine's clock and not the clock of requests, because marks have the time of the engine.
     */
    Instant settledBy() {
        return Instant.now().minus(settling);
    }

    /** The hours that the last query for the organisation found. */
    Set<Instant> remembered(Caller caller) {
        Set<Instant> hours = remembered.getIfPresent(caller.organization());
        return hours == null ? Set.of() : hours;
    }

    /** Replaces the remembered hours of a window. */
    void remember(Caller caller, Window window, List<Instant> hours) {
        Instant first = window.start().truncatedTo(ChronoUnit.HOURS);
        Set<Instant> all = new HashSet<>(hours);
        remembered(caller).stream().filter(hour -> hour.isBefore(first)).forEach(all::add);
        remembered.put(caller.organization(), Set.copyOf(all));
    }
}
