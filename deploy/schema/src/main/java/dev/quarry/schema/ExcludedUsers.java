package dev.quarry.schema;

import com.clickhouse.client.api.ClickHouseException;
import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.GenericRecord;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The users of an organisation whose events do not count in product metrics: staff and bots. A change is about all days
 * from one day (UTC) on. It marks the days on which the users have events, so that the rollup job rebuilds them.
 *
 * <p>You may kill it at any point and run it again: the changes come before the marks, and both may be written twice.
 */
public final class ExcludedUsers implements AutoCloseable {
    /** A change since this day is about all days. */
    public static final LocalDate BEGINNING = LocalDate.EPOCH;

    private static final JsonMapper JSON = new JsonMapper();

    private final String organization;
    private final ClickHouseAddress address;
    private final Client client;
    private final ClickHouseStatements clickHouse;

    /**
     * Days (UTC) on which a user does not count.
     *
     * @param first {@link #BEGINNING} if there is no day before
     * @param last empty if it does not end
     */
    public record Period(String user, LocalDate first, Optional<LocalDate> last) {}

    /** @throws MigrationException if there is no such organisation, or PostgreSQL cannot be reached */
    public ExcludedUsers(String organization, ClickHouseAddress clickHouse, PostgresAddress postgres) {
        requireOrganization(organization, postgres);
        this.organization = organization;
        this.address = clickHouse;
        this.client = clickHouse.open();
        this.clickHouse = new ClickHouseStatements(client);
    }

    /**
     * Excludes users from a day on.
     *
     * @return the days that the rollup job will rebuild
     * @throws MigrationException if ClickHouse refuses
     */
    public List<LocalDate> exclude(Collection<String> users, LocalDate since) {
        return change(users, since, true);
    }

    /**
     * Counts users again from a day on.
     *
     * @return the days that the rollup job will rebuild
     * @throws MigrationException if ClickHouse refuses
     */
    public List<LocalDate> include(Collection<String> users, LocalDate since) {
        return change(users, since, false);
    }

    /**
     * Lists the excluded users by their ids, with all periods in which they do not count.
     *
     * @throws MigrationException if ClickHouse refuses
     */
    public List<Period> periods() {
        Map<String, TreeMap<LocalDate, Boolean>> changes = new LinkedHashMap<>();
        try {
            for (GenericRecord row :
                    clickHouse.query("""
                    SELECT user_id, toString(since) AS first_day, excluded
                    FROM %s
                    WHERE organization_id = {organization:String}
                    ORDER BY user_id, at
                    """.formatted(named("excluded_users")), Map.of("organization", organization))) {
                LocalDate since = LocalDate.parse(row.getString("first_day"));
                TreeMap<LocalDate, Boolean> ofUser =
                        changes.computeIfAbsent(row.getString("user_id"), _ -> new TreeMap<>());
                // A newer change replaces everything from its first day on.
                ofUser.tailMap(since, true).clear();
                ofUser.put(since, row.getBoolean("excluded"));
            }
        } catch (ClickHouseException refused) {
            throw failure(refused);
        }
        List<Period> periods = new ArrayList<>();
        changes.forEach((user, ofUser) -> periods.addAll(periods(user, ofUser)));
        return periods;
    }

    @Override
    public void close() {
        client.close();
    }

    private static List<Period> periods(String user, SortedMap<LocalDate, Boolean> changes) {
        List<Period> periods = new ArrayList<>();
        Optional<LocalDate> first = Optional.empty();
        for (Map.Entry<LocalDate, Boolean> change : changes.entrySet()) {
            if (change.getValue() && first.isEmpty()) {
                first = Optional.of(change.getKey());
            } else if (!change.getValue() && first.isPresent()) {
                periods.add(new Period(
                        user, first.get(), Optional.of(change.getKey().minusDays(1))));
                first = Optional.empty();
            }
        }
        first.ifPresent(day -> periods.add(new Period(user, day, Optional.empty())));
        return periods;
    }

    private List<LocalDate> change(Collection<String> users, LocalDate since, boolean excluded) {
        try {
            String moment = nextMoment();
            insert(
                    "excluded_users",
                    users.stream().distinct().toList(),
                    user -> Map.of(
                            "organization_id", organization,
                            "user_id", user,
                            "since", since.toString(),
                            "excluded", excluded,
                            "at", moment));
            List<LocalDate> days = daysWithEvents(since, moment);
            insert("event_marks", days, day -> Map.of("organization_id", organization, "bucket", day + " 00:00:00"));
            return days;
        } catch (ClickHouseException refused) {
            throw failure(refused);
        }
    }

    /** Later than all changes so far, even if a clock was set back. */
    private String nextMoment() {
        return clickHouse
                .query("""
                        SELECT toString(greatest(now64(9, 'UTC'), max(at) + toIntervalNanosecond(1))) AS moment
                        FROM %s
                        WHERE organization_id = {organization:String}
                        """.formatted(named("excluded_users")), Map.of("organization", organization))
                .getFirst()
                .getString("moment");
    }

    /** The days on which the users of a change have events; without days whose events may have expired in part. */
    private List<LocalDate> daysWithEvents(LocalDate since, String moment) {
        return clickHouse
                .query(
                        """
                        SELECT DISTINCT toString(day) AS changed
                        FROM %s
                        WHERE organization_id = {organization:String}
                          AND day >= {since:Date}
                          AND toDate32(day) + (SELECT days FROM %s) > toDate32(now('UTC'))
                          AND user_id IN (
                            SELECT user_id
                            FROM %s
                            WHERE organization_id = {organization:String} AND at = {moment:DateTime64(9, 'UTC')})
                        ORDER BY changed
                        SETTINGS distributed_product_mode = 'local'
                        """.formatted(named("events"), named("event_retention"), named("excluded_users")),
                        Map.of("organization", organization, "since", since.toString(), "moment", moment))
                .stream()
                .map(row -> LocalDate.parse(row.getString("changed")))
                .toList();
    }

    private <T> void insert(String table, List<T> values, Function<T, Map<String, Object>> row) {
        if (values.isEmpty()) {
            return;
        }
        InsertSettings settings = new InsertSettings().setDatabase(address.database());
        // The rollup job may read another replica than the one that got the rows.
        address.cluster().ifPresent(_ -> settings.serverSetting("insert_quorum", "auto"));
        String rows = values.stream().map(value -> json(row.apply(value))).collect(Collectors.joining("\n"));
        clickHouse.insert(table, rows.getBytes(StandardCharsets.UTF_8), settings);
    }

    private static String json(Map<String, Object> row) {
        try {
            return JSON.writeValueAsString(row);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Without this check, nobody would notice a mistyped id. */
    private static void requireOrganization(String organization, PostgresAddress postgres) {
        try (Connection connection = postgres.open();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT FROM organizations WHERE organization_id = ?")) {
            statement.setString(1, organization);
            try (ResultSet found = statement.executeQuery()) {
                if (!found.next()) {
                    throw new MigrationException("There is no organization \"%s\".".formatted(organization));
                }
            }
        } catch (SQLException failure) {
            throw new MigrationException("PostgreSQL cannot be used: " + failure.getMessage(), failure);
        }
    }

    private String named(String table) {
        return "`%s`.%s".formatted(address.database(), table);
    }

    private static MigrationException failure(ClickHouseException refused) {
        return new MigrationException("ClickHouse refused: " + refused.getMessage(), refused);
    }
}
