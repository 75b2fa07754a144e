package dev.quarry.metrics.gold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.caller.Permissions;
import dev.quarry.schema.ExcludedUsers;
import dev.quarry.testing.ComparisonTests;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.Verified;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class ComparisonTest extends ComparisonTests {
    ComparisonTest() {
        super(Permissions.METRICS_READ);
    }

    @Override
    protected void insertThreeDays() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            rows.add(Map.of(
                    "organization_id",
                    organization,
                    "event_id",
                    UUID.randomUUID().toString(),
                    "time",
                    moment(),
                    "user_id",
                    random.nextInt(5) == 0 ? "" : "user_" + random.nextInt(20),
                    "kind",
                    random.nextBoolean() ? "tool_call" : "feature_use",
                    "session_id",
                    random.nextInt(3) == 0 ? "" : "session_" + random.nextInt(60),
                    "feature",
                    random.nextBoolean() ? "" : "feature_" + random.nextInt(4),
                    "country",
                    "country_" + random.nextInt(3)));
        }
        Stores.insert("events", rows);
    }

    @Test
    void auditorRepairsAlteredGold() {
        assertMends("ALTER TABLE activity_days UPDATE tool_calls = tool_calls + 1 WHERE ORG AND day = '2026-03-02'");
        assertMends("ALTER TABLE activity_days DELETE WHERE ORG AND day = '2026-03-01'");
    }

    @Test
    @Tag("every-column")
    void mendsEachColumnOfADay() {
        List<String> changes = List.of(
                "sessions = sessions + 1",
                "milliseconds = milliseconds + 1",
                "continued_milliseconds = continued_milliseconds + 1",
                "feature_sessions = arrayMap(count -> count + 1, feature_sessions)",
                "continued_feature_sessions = arrayPushBack(continued_feature_sessions, 1)",
                "users = bitmapOr(users, bitmapBuild([toUInt32(1000)]))",
                "caller_tool_calls = arrayMap(count -> toUInt32(count + 1), caller_tool_calls)",
                "quarter_tool_calls = arrayMap(count -> count + 1, quarter_tool_calls)",
                "quarter_users = arrayMap(some -> bitmapBuild([toUInt32(1000)]), quarter_users)",
                "quarter_caller_tool_calls ="
                        + " arrayMap(counts -> arrayMap(count -> toUInt32(count + 1), counts), quarter_caller_tool_calls)",
                "profile_values = arrayMap(some -> ['sabotage'], profile_values)",
                "profile_tool_calls = arrayMap(count -> count + 1, profile_tool_calls)",
                "profile_users = arrayMap(some -> bitmapBuild([toUInt32(1000)]), profile_users)",
                "profile_quarter = arrayMap(parts -> arrayMap(part -> toUInt8(part + 1), parts), profile_quarter)",
                "profile_quarter_user = arrayMap(some -> arrayMap(user -> toUInt32(user + 1), some), profile_quarter_user)",
                "profile_quarter_tool_calls = arrayMap(some -> arrayPopBack(some), profile_quarter_tool_calls)",
                "session_profile = arrayMap(hash -> hash + 1, session_profile)",
                "started_profile = arrayMap(hash -> hash + 1, started_profile)",
                "started_sessions = arrayMap(count -> count + 1, started_sessions)",
                "started_milliseconds = arrayMap(sum -> sum + 1, started_milliseconds)",
                "continued_profile = arrayMap(hash -> hash + 1, continued_profile)",
                "continuing_milliseconds = arrayMap(sum -> sum + 1, continuing_milliseconds)",
                "session_end = arrayMap(moment -> moment + 1, session_end)",
                "session_features = arrayMap(some -> ['sabotage'], session_features)",
                "continued_length = arrayMap(length -> toUInt32(length + 1), continued_length)",
                "continued_start = arrayMap(moment -> moment + 1, continued_start)",
                "links = links + 1");
        // One column on the second day and another one on the third.
        for (int i = 0; i < changes.size(); i += 2) {
            List<String> two = changes.subList(i, Math.min(i + 2, changes.size()));
            for (int day = 0; day < two.size(); day++) {
                alter("ALTER TABLE activity_days UPDATE %s WHERE ORG AND day = '2026-03-0%d'"
                        .formatted(two.get(day), 2 + day));
            }
            // The narrow rows of days before and after are found to differ too, and are written again.
            Verified verified = Verified.of(organization);
            assertTrue(verified.mended() >= two.size(), two.toString());
            assertEquals(List.of(), verified.remaining(), two.toString());
        }
    }

    /** On days with events, and on days that have only users of the week or the month before. */
    @Test
    @Tag("every-column")
    void mendsEachColumnOfTheCountsOfADay() {
        Map<String, String> changes = Map.of(
                "2026-03-01", "active = active + 1",
                "2026-03-02", "week_active = week_active + 1",
                "2026-03-03", "sessions = sessions + 1",
                "2026-03-05", "milliseconds = milliseconds + 1",
                "2026-03-09", "week_active = week_active + 1",
                "2026-03-20", "tool_calls = tool_calls + 1",
                "2026-03-28", "month_active = month_active + 1",
                "2026-03-30", "feature = ['sabotage'], feature_sessions = [1]",
                "2026-03-31", "feature = ['sabotage']");
        changes.forEach((day, change) ->
                alter("ALTER TABLE activity_counts UPDATE %s WHERE ORG AND day = '%s'".formatted(change, day)));
        Verified verified = Verified.of(organization);
        assertEquals(changes.size(), verified.mended());
        assertEquals(List.of(), verified.remaining());
        assertMends("ALTER TABLE activity_counts DELETE WHERE ORG AND day IN ('2026-03-02', '2026-03-28')");
    }

    @Test
    @Tag("every-column")
    void mendsUsers() {
        assertMends("ALTER TABLE users UPDATE first_use = first_use + 1 WHERE ORG AND user_id = 'user_1'");
        assertMends("ALTER TABLE users UPDATE first_use = first_use + 86400 WHERE ORG AND user_id = 'user_2'");
        assertMends("ALTER TABLE users UPDATE first_use = '2026-02-01 00:00:00' WHERE ORG AND user_id = 'user_3'");
        assertMends(
                "ALTER TABLE users UPDATE first_profile = ['', 'XX', '', '', '', ''] WHERE ORG AND user_id = 'user_9'");
        assertMends("ALTER TABLE users UPDATE last_use = last_use + 86400 WHERE ORG AND user_id = 'user_4'");
        assertMends("ALTER TABLE users UPDATE profile = ['de', 'DE', '', '', '', ''] WHERE ORG AND user_id = 'user_5'");
        assertMends("ALTER TABLE users UPDATE profile_times = arrayMap(time -> time + 86400, profile_times)"
                + " WHERE ORG AND user_id = 'user_7'");
        assertMends("ALTER TABLE users UPDATE profile = ['', '', '', '', '', '1'] WHERE ORG AND user_id = 'user_8'");
        assertMends("ALTER TABLE users DELETE WHERE ORG AND user_id = 'user_6'");
    }

    @Test
    @Tag("every-column")
    void mendsCohorts() {
        assertMends("ALTER TABLE cohorts UPDATE size = size + 1 WHERE ORG AND day = '2026-03-01'");
        assertMends(
                "ALTER TABLE cohorts UPDATE users = bitmapBuild([toUInt32(1000)]) WHERE ORG AND day = '2026-03-01'");
        assertMends("ALTER TABLE cohorts DELETE WHERE ORG");
    }

    @Test
    void mendsGroupsOfUsers() {
        assertMends("ALTER TABLE user_groups UPDATE users = arrayMap(count -> count + 1, users) WHERE ORG");
        assertMends("ALTER TABLE user_groups UPDATE oldest_use = last_use WHERE ORG");
        assertMends("ALTER TABLE user_groups DELETE WHERE ORG");
    }

    @Test
    void excludedUsersAreNoDifference() {
        try (ExcludedUsers excluded = Stores.excludedUsers(organization)) {
            excluded.exclude(List.of("user_1", "user_2"), LocalDate.of(2026, 3, 2));
            excluded.exclude(List.of("user_3"), ExcludedUsers.BEGINNING);
        }
        Rollups.run();

        Verified verified = Verified.of(organization);

        assertEquals(new Verified(verified.compared(), 0, List.of(), List.of()), verified);
        // No day gets a mark.
        assertMends("ALTER TABLE excluded_users DELETE WHERE ORG AND user_id = 'user_1'");
        assertMends("ALTER TABLE excluded_users DELETE WHERE ORG");
    }

    @Test
    void auditorRepairsGoldAfterADeletionFromBronze() {
        assertMends("ALTER TABLE events DELETE WHERE ORG AND user_id = 'user_1'");
    }
}
