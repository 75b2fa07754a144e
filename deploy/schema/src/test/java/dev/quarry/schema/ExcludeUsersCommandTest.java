package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.schema.ExcludedUsers.Period;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The command on real stores, on one node and on a cluster of two shards. */
class ExcludeUsersCommandTest {
    private static final Clock SECOND_OF_MARCH = Clock.fixed(Instant.parse("2026-03-02T23:59:59Z"), ZoneOffset.UTC);
    private static final String HARD_TO_QUOTE = "it's \\ \"bert\"\t{x:String} ä";

    private static MigratorSettings node;
    private static MigratorSettings cluster;

    @TempDir
    Path folder;

    private record Output(int status, String out, String err) {}

    @BeforeAll
    static void migrate() {
        node = Stores.fresh(Retention.longest(), AcceptedTimes.widest());
        cluster = Stores.cluster(Stores.SHARDED);
        Migrator.migrate(node);
        Migrator.migrate(cluster);
    }

    static List<MigratorSettings> settings() {
        return List.of(node, cluster);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void fromNowOnChangesTodayAndLaterDays(MigratorSettings settings) throws SQLException {
        String organization = organization(settings);
        for (int day = 1; day <= 4; day++) {
            event(settings, organization, "2026-03-0" + day, "anna");
        }
        event(settings, organization, "2026-03-06", "bert");
        event(settings, organization, "2026-03-07", "carl");
        event(settings, organization(settings), "2026-03-05", "anna");

        assertEquals(
                new Output(0, """
                        2 users do not count from 2026-03-02 (UTC) on.
                        The rollup job rebuilds the days on which they have events: 2026-03-02 to 2026-03-04, 2026-03-06.
                        """, ""),
                command(settings, "add", "--organization=" + organization, "anna", "bert", "anna"));
        assertEquals(List.of("2026-03-02", "2026-03-03", "2026-03-04", "2026-03-06"), marked(settings, organization));
        assertEquals(
                new Output(0, "anna: from 2026-03-02 on\nbert: from 2026-03-02 on\n", ""),
                command(settings, "list", "--organization=" + organization));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void rebuildChangesAllDays(MigratorSettings settings) throws SQLException {
        String organization = organization(settings);
        event(settings, organization, "2001-03-01", "anna");
        event(settings, organization, "2026-03-03", "anna");

        assertEquals(
                new Output(0, """
                        1 user does not count on all days.
                        The rollup job rebuilds the days on which they have events: 2001-03-01, 2026-03-03.
                        """, ""),
                command(settings, "add", "--organization=" + organization, "anna", "--rebuild"));
        assertEquals(List.of("2001-03-01", "2026-03-03"), marked(settings, organization));
        assertEquals(
                new Output(0, "anna: all days\n", ""), command(settings, "list", "--organization=" + organization));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void takesUsersBackIn(MigratorSettings settings) throws SQLException {
        String organization = organization(settings);
        String option = "--organization=" + organization;
        event(settings, organization, "2026-03-01", "anna");
        event(settings, organization, "2026-03-02", "anna");
        command(settings, "add", option, "--rebuild", "anna", "bert");

        assertEquals(new Output(0, """
                        1 user counts again from 2026-03-02 (UTC) on.
                        The rollup job rebuilds the days on which they have events: 2026-03-02.
                        """, ""), command(settings, "remove", option, "anna"));
        assertEquals(new Output(0, "anna: until 2026-03-01\nbert: all days\n", ""), command(settings, "list", option));
        assertEquals(new Output(0, """
                        2 users count again on all days.
                        The rollup job rebuilds the days on which they have events: 2026-03-01 to 2026-03-02.
                        """, ""), command(settings, "remove", option, "--rebuild", "anna", "bert"));
        assertEquals(new Output(0, "No users are excluded.\n", ""), command(settings, "list", option));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void newerChangeReplacesOlderOnesFromItsDayOn(MigratorSettings settings) throws SQLException {
        String organization = organization(settings);
        try (ExcludedUsers excluded = new ExcludedUsers(organization, settings.clickHouse(), settings.postgres())) {
            excluded.exclude(List.of("anna"), day(10));
            excluded.include(List.of("anna"), day(20));
            excluded.exclude(List.of("anna"), day(25));
            assertEquals(
                    List.of(
                            new Period("anna", day(10), Optional.of(day(19))),
                            new Period("anna", day(25), Optional.empty())),
                    excluded.periods());
            excluded.exclude(List.of("anna"), day(15));
            assertEquals(List.of(new Period("anna", day(10), Optional.empty())), excluded.periods());
            excluded.include(List.of("anna"), day(10));
            assertEquals(List.of(), excluded.periods());
            excluded.exclude(List.of("anna"), ExcludedUsers.BEGINNING);
            Stores.execute(
                    settings,
                    "OPTIMIZE TABLE `${database}`.excluded_users%s FINAL"
                            .formatted(settings.clickHouse().cluster().isPresent() ? "_local" : ""));
            assertEquals(List.of(new Period("anna", ExcludedUsers.BEGINNING, Optional.empty())), excluded.periods());
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void readsIdsFromFilesAndStandardInput(MigratorSettings settings) throws SQLException, IOException {
        String organization = organization(settings);
        String option = "--organization=" + organization;
        Path file = Files.writeString(folder.resolve("bots.txt"), HARD_TO_QUOTE + "\r\n\n--bot\n");
        event(settings, organization, "2026-03-03", HARD_TO_QUOTE);

        assertEquals(new Output(0, """
                        3 users do not count from 2026-03-02 (UTC) on.
                        The rollup job rebuilds the days on which they have events: 2026-03-03.
                        """, ""), command(settings, "add", option, "--file=" + file, "anna"));
        assertEquals(
                new Output(
                        0,
                        "--bot: from 2026-03-02 on\nanna: from 2026-03-02 on\n" + HARD_TO_QUOTE
                                + ": from 2026-03-02 on\n",
                        ""),
                command(settings, "list", option));
        assertEquals(
                new Output(0, """
                        2 users count again on all days.
                        They have no events on these days so far, so no number changes.
                        """, ""),
                command(
                        "anna\n--bot".getBytes(StandardCharsets.UTF_8),
                        settings,
                        "remove",
                        option,
                        "--rebuild",
                        "--file=-"));
        assertEquals(
                new Output(1, "", "Standard input cannot be read as a UTF-8 text.\n"),
                command(new byte[] {(byte) 0xff}, settings, "add", option, "--file=-"));
        assertEquals(
                new Output(1, "", folder.resolve("none") + " cannot be read as a UTF-8 text.\n"),
                command(settings, "add", option, "--file=" + folder.resolve("none")));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void wrongCallChangesNothing(MigratorSettings settings) throws SQLException {
        String organization = organization(settings);
        String option = "--organization=" + organization;
        Map<List<String>, String> wrong = Map.of(
                List.of(), "Begin with add, remove or list.",
                List.of("exclude", option, "anna"), "Begin with add, remove or list.",
                List.of("add", "anna"), "--organization=ID is required.",
                List.of("add", "--organization=", "anna"),
                        "--organization must have a value, as in --organization=VALUE.",
                List.of("add", option, option, "anna"), "--organization occurs twice.",
                List.of("add", option), "Name one or more users.",
                List.of("add", option, "anna", ""), "A user_id must not be empty.",
                List.of("add", option, "anna", "--rebuild=yes"), "There is no option --rebuild=yes.",
                List.of("list", option, "anna"), "list takes no option but --organization=ID, and no users.");
        for (var call : wrong.entrySet()) {
            Output output = command(settings, call.getKey().toArray(String[]::new));
            assertEquals(new Output(2, "", call.getValue() + "\n" + ExcludeUsersCommand.USAGE), output);
        }
        assertEquals(
                new Output(1, "", "There is no organization \"org_'x\".\n"),
                command(settings, "add", "--organization=org_'x", "anna"));
        assertEquals(new Output(0, "No users are excluded.\n", ""), command(settings, "list", option));
    }

    private static LocalDate day(int day) {
        return LocalDate.of(2026, 3, day);
    }

    private static Output command(MigratorSettings settings, String... arguments) {
        return command(new byte[0], settings, arguments);
    }

    private static Output command(byte[] in, MigratorSettings settings, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = ExcludeUsersCommand.run(
                List.of(arguments),
                organization -> new ExcludedUsers(organization, settings.clickHouse(), settings.postgres()),
                SECOND_OF_MARCH,
                new ByteArrayInputStream(in),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Output(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static String organization(MigratorSettings settings) throws SQLException {
        String organization = "org_" + UUID.randomUUID();
        try (Connection connection = settings.postgres().open();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO organizations VALUES ('%s', 'x')".formatted(organization));
        }
        return organization;
    }

    /** Its own mark names a witness, unlike the marks of the command. */
    private static void event(MigratorSettings settings, String organization, String day, String user) {
        Stores.execute(settings, """
                INSERT INTO `${database}`.events (organization_id, event_id, time, user_id, kind)
                SELECT '%s', generateUUIDv4(), '%s 10:00:00', '%s', 'tool_call'
                SETTINGS distributed_foreground_insert = 1
                """.formatted(
                        organization, day, user.replace("\\", "\\\\").replace("'", "\\'")));
    }

    private static List<String> marked(MigratorSettings settings, String organization) {
        return Stores.query(settings, """
                        SELECT DISTINCT toString(toDate(bucket)) AS day FROM `${database}`.event_marks FINAL
                        WHERE organization_id = '%s' AND sign = 1 AND source = ''
                        ORDER BY day
                        """.formatted(organization)).stream()
                .map(row -> row.getString("day"))
                .toList();
    }
}
