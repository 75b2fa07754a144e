package dev.quarry.clickhouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.errorprone.annotations.CompileTimeConstant;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Mechanism;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class ClickHouseTest {
    private static final Caller CALLER = new Caller("org_door", Set.of(), Mechanism.API_KEY, "key");

    @Inject
    ClickHouse clickHouse;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "",
                "'; DROP TABLE events; --",
                "\\",
                "\\'",
                "\\N",
                "\\t",
                "tab\tnewline\ncarriage\r",
                "nul\0byte",
                "{x:String}",
                "%41+&=?#",
                "\u00fcml\u00e4ut \u65e5\u672c \ud83e\udea8"
            })
    void aBoundStringArrivesAsItIs(String value) {
        String back = clickHouse
                .query(CALLER, "SELECT {value:String}")
                .bind("value", value)
                .one(Row::nextString);

        assertEquals(value, back);
    }

    @Test
    void bindsEveryType() {
        Instant instant = Instant.parse("1999-12-31T23:59:59.123Z");
        boolean same = clickHouse
                .query(CALLER, """
                        SELECT {organization:String} = 'org_door'
                           AND {number:Int64} = -9223372036854775808
                           AND {day:Date} = toDate('2024-02-29')
                           AND {instant:DateTime64(3, 'UTC')} = toDateTime64('1999-12-31 23:59:59.123', 3, 'UTC')
                           AND {seconds:Array(Int64)} = [-1, 946684799]
                           AND {absent:Nullable(String)} IS NULL
                           AND {present:Nullable(String)} = '\\\\N'
                        """)
                .bind("number", Long.MIN_VALUE)
                .bind("day", LocalDate.of(2024, 2, 29))
                .bind("instant", instant)
                .bindSeconds("seconds", List.of(Instant.ofEpochSecond(-1), instant))
                .bind("absent", Optional.empty())
                .bind("present", Optional.of("\\N"))
                .one(Row::nextBoolean);

        assertTrue(same);
    }

    @Test
    void readsEveryType() {
        final String sql = """
                SELECT toUInt8(255), toUInt16(65535), toUInt32(4294967295), toUInt64(9223372036854775807),
                       toInt8(-128), toInt16(-32768), toInt32(-2147483648), toInt64(-9223372036854775808),
                       toFloat32(1.5), toFloat64(-0.1), true,
                       'text', toLowCardinality('low'), CAST('b' AS Enum8('a''s' = -1, 'b' = 2)),
                       toUUID('00112233-4455-6677-8899-aabbccddeeff'),
                       toDate('2149-06-06'), toDate32('1900-01-01'),
                       toDateTime('2106-02-07 06:28:15', 'UTC'),
                       toDateTime64('1900-01-01 00:00:00.123', 3, 'UTC'),
                       toDateTime64('2026-01-01 00:00:00.123456', 6, 'Asia/Tokyo'),
                       ['a', 'b'], [0.5, -1e300], CAST(NULL AS Nullable(String)), CAST(7 AS Nullable(UInt64))
                """;
        String read = clickHouse
                .query(CALLER, sql)
                .one(row -> String.join(
                        "|",
                        List.of(
                                "" + row.nextLong(),
                                "" + row.nextLong(),
                                "" + row.nextLong(),
                                "" + row.nextLong(),
                                "" + row.nextLong(),
                                "" + row.nextLong(),
                                "" + row.nextInt(),
                                "" + row.nextLong(),
                                "" + row.nextDouble(),
                                "" + row.nextDouble(),
                                "" + row.nextBoolean(),
                                row.nextString(),
                                row.nextString(),
                                row.nextString(),
                                row.nextString(),
                                "" + row.nextDate(),
                                "" + row.nextDate(),
                                "" + row.nextInstant(),
                                "" + row.nextInstant(),
                                "" + row.nextInstant(),
                                "" + row.nextStrings(),
                                "" + row.nextDoubles(),
                                "" + row.nextStringOrNull(),
                                "" + row.nextLongOrNull())));

        assertEquals(
                "255|65535|4294967295|9223372036854775807|-128|-32768|-2147483648|-9223372036854775808|1.5|-0.1|true"
                        + "|text|low|b|00112233-4455-6677-8899-aabbccddeeff|2149-06-06|1900-01-01"
                        + "|2106-02-07T06:28:15Z|1900-01-01T00:00:00.123Z|2025-12-31T15:00:00.123456Z|[a, b]|[0.5, -1.0E300]|null|7",
                read);
    }

    @Test
    void readsManyRowsAndLongStrings() {
        List<String> rows = clickHouse
                .query(CALLER, "SELECT repeat('x', number * 100) FROM numbers(500) ORDER BY number")
                .list(Row::nextString);

        assertEquals(500, rows.size());
        for (int i = 0; i < rows.size(); i++) {
            assertEquals(i * 100, rows.get(i).length());
        }
    }

    @Test
    void anAnswerMayBeEmpty() {
        assertTrue(
                clickHouse.query(CALLER, "SELECT 1 WHERE 0").list(Row::nextLong).isEmpty());
        assertNull(clickHouse
                .query(CALLER, "SELECT CAST(NULL AS Nullable(Float64))")
                .one(Row::nextDoubleOrNull));
    }

    @Test
    void aMappingThatDoesNotFitItsQueryIsAMistakeOfOurs() {
        assertFailure(Failure.Internal.class, "SELECT 'text'", Row::nextLong);
        assertFailure(Failure.Internal.class, "SELECT 1, 2", Row::nextLong);
        assertFailure(Failure.Internal.class, "SELECT 1", row -> row.nextLong() + row.nextLong());
        assertFailure(Failure.Internal.class, "SELECT CAST(NULL AS Nullable(Int8))", Row::nextLong);
        assertFailure(Failure.Internal.class, "SELECT toUInt64(18446744073709551615)", Row::nextLong);
    }

    @Test
    void aQueryThatCannotBeExecutedIsAFailure() {
        assertFailure(Failure.Internal.class, "SELECT nonsense", Row::nextLong);
    }

    @Test
    void writesNothing() {
        assertFailure(
                Failure.Internal.class,
                "INSERT INTO events (organization_id, event_id, time) SELECT 'org_door', generateUUIDv4(), now64(3)",
                Row::nextLong);
        assertFailure(Failure.Internal.class, "DROP TABLE events", Row::nextLong);
    }

    @Test
    void aLimitThatIsExceededIsAFailureAndNotAPart() {
        assertFailure(Failure.QueryTooLarge.class, "SELECT number FROM numbers(1001)", Row::nextLong);
        assertFailure(
                Failure.QueryTooLarge.class,
                "SELECT length(groupArray(number)) FROM numbers(100000000)",
                Row::nextLong);
        assertFailure(Failure.QueryTooLarge.class, "SELECT max(number) FROM numbers(1000000001)", Row::nextLong);
        assertFailure(
                Failure.QueryTooLarge.class,
                "SELECT repeat(toString(number % 10), 1000000) FROM numbers(17)",
                Row::nextString);
        assertFailure(
                Failure.TimedOut.class,
                clickHouse
                        .query(CALLER, "SELECT sum(sleepEachRow(0.5)) FROM numbers(6)")
                        .setting("max_block_size", "1"),
                Row::nextLong);
    }

    @Test
    void anAnswerMayHaveSoManyBytes() {
        List<String> texts = clickHouse
                .query(CALLER, "SELECT repeat(toString(number % 10), 1000000) FROM numbers(15)")
                .list(Row::nextString);

        assertEquals(15_000_000, texts.stream().mapToInt(String::length).sum());
        assertFailure(
                Failure.QueryTooLarge.class,
                clickHouse
                        .query(CALLER, "SELECT repeat(toString(number % 10), 1000000) FROM numbers(15)")
                        .mostBytes(1_000_000),
                Row::nextString);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "additional_table_filters = {}",
                "readonly = 0",
                "max_result_rows = 0",
                "max_execution_time = 0",
                "max_threads = 1"
            })
    @SuppressWarnings("CompileTimeConstant")
    void theSqlItselfSetsNothing(String setting) {
        assertFailure(Failure.Internal.class, "SELECT 1 SETTINGS " + setting, Row::nextLong);
    }

    @ParameterizedTest
    @ValueSource(strings = {"additional_table_filters", "readonly", "max_result_rows", "log_comment", "nonsense"})
    void aQueryDoesNotSetWhatClickHouseSets(String setting) {
        Query query = clickHouse.query(CALLER, "SELECT 1");

        assertThrows(IllegalArgumentException.class, () -> query.setting(setting, "0"));
    }

    @Test
    void tellsTheEnginesLogWhoAsked() {
        String comment = clickHouse
                .query(CALLER, "SELECT toString(getSetting('log_comment'))")
                .one(Row::nextString);

        assertEquals("{\"request_id\":\"\",\"tenant\":\"org_door\",\"route\":\"\"}", comment);
    }

    @Test
    void aParameterIsBoundOnce() {
        Query query = clickHouse.query(CALLER, "SELECT {organization:String}");

        assertThrows(IllegalArgumentException.class, () -> query.bind("organization", "org_other"));
    }

    private void assertFailure(
            Class<? extends Failure> expected, @CompileTimeConstant String sql, RowMapping<?> mapping) {
        assertFailure(expected, clickHouse.query(CALLER, sql), mapping);
    }

    private static void assertFailure(Class<? extends Failure> expected, Query query, RowMapping<?> mapping) {
        FailureException thrown = assertThrows(FailureException.class, () -> query.list(mapping));
        assertInstanceOf(expected, thrown.failure());
    }
}
