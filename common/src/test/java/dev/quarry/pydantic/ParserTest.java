package dev.quarry.pydantic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.quarry.error.Violation;
import dev.quarry.time.DateTime;
import dev.quarry.time.Granularity;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected words and values were taken down from FastAPI 0.142 on Pydantic 2.13. */
class ParserTest {
    private static final String DATE = "Input should be a valid date or datetime, ";

    private static <T> T read(String text, Parser<T> parser) {
        ParseResult.Valid<?> valid = assertInstanceOf(ParseResult.Valid.class, parser.parse(text));
        @SuppressWarnings("unchecked")
        T value = (T) valid.value();
        return value;
    }

    private static ParseResult.Invalid<?> invalid(String text, Parser<?> parser) {
        return assertInstanceOf(ParseResult.Invalid.class, parser.parse(text));
    }

    static Stream<Arguments> words() {
        Parser<?> hours = Parser.integer(1, 720);
        Parser<?> date = Parser.date();
        Parser<?> thisCentury = Parser.date(LocalDate.of(2000, 1, 1), LocalDate.of(2099, 12, 31));
        Parser<?> twoOrThree = Parser.text(2, 3);
        Parser<?> one = Parser.text(1, 1);
        String pattern = "^(minute|hour|day|week)$";
        Parser<?> granularity = Parser.matching(pattern);
        String noInteger = "Input should be a valid integer, unable to parse string as an integer";
        String tooLong = "Unable to parse input string as an integer, exceeded maximum size";
        String inexact = "Datetimes provided to dates should have zero time - e.g. be exact dates";
        String noFlag = "Input should be a valid boolean, unable to interpret input";
        return Stream.of(
                arguments(hours, "", "int_parsing", noInteger, Map.of()),
                arguments(hours, "1e3", "int_parsing", noInteger, Map.of()),
                arguments(hours, "9".repeat(4_301), "int_parsing_size", tooLong, Map.of()),
                arguments(hours, "-" + "9".repeat(4_300), "int_parsing_size", tooLong, Map.of()),
                arguments(hours, "9".repeat(4_301) + "x", "int_parsing_size", tooLong, Map.of()),
                arguments(hours, "+" + "9".repeat(4_301), "int_parsing", noInteger, Map.of()),
                arguments(hours, "0" + "9".repeat(4_301), "int_parsing", noInteger, Map.of()),
                arguments(
                        hours,
                        "0",
                        "greater_than_equal",
                        "Input should be greater than or equal to 1",
                        Map.of("ge", 1)),
                arguments(
                        hours,
                        "721",
                        "less_than_equal",
                        "Input should be less than or equal to 720",
                        Map.of("le", 720)),
                arguments(
                        hours,
                        "9".repeat(4_300),
                        "less_than_equal",
                        "Input should be less than or equal to 720",
                        Map.of("le", 720)),
                arguments(
                        hours,
                        "-9223372036854775809",
                        "greater_than_equal",
                        "Input should be greater than or equal to 1",
                        Map.of("ge", 1)),
                dateReason("", "input is too short"),
                dateReason("2024-1-1", "input is too short"),
                dateReason("2024-01-01T", "input is too short"),
                dateReason("2024-01-01T00", "input is too short"),
                dateReason("abcd-01-01", "invalid character in year"),
                dateReason(" 2024-01-01", "invalid character in year"),
                dateReason("２０２４-01-01", "invalid character in year"),
                dateReason("2024/01/01", "invalid date separator, expected `-`"),
                dateReason("99999999999999999999", "invalid date separator, expected `-`"),
                dateReason("2024-W01-1", "invalid character in month"),
                dateReason("2024-01-0x", "invalid character in day"),
                dateReason("2024-13-01", "month value is outside expected range of 1-12"),
                dateReason("2024-00-01", "month value is outside expected range of 1-12"),
                dateReason("2024-02-30", "day value is outside expected range"),
                dateReason("1900-02-29", "day value is outside expected range"),
                dateReason("2024-01-00", "day value is outside expected range"),
                dateReason("2024-01-01x", "invalid datetime separator, expected `T`, `t`, `_` or space"),
                dateReason("2024-01-01\n", "invalid datetime separator, expected `T`, `t`, `_` or space"),
                dateReason("2024-01-01Tx0:00", "invalid character in hour"),
                dateReason("2024-01-01T00-00", "invalid time separator, expected `:`"),
                dateReason("2024-01-01T00:x0", "invalid character in minute"),
                dateReason("2024-01-01T00:00:0", "invalid character in second"),
                dateReason("2024-01-01T24:00", "hour value is outside expected range of 0-23"),
                dateReason("2024-01-01T00:60", "minute value is outside expected range of 0-59"),
                dateReason("2024-01-01T00:00:60", "second value is outside expected range of 0-59"),
                dateReason("2024-01-01T00:00:00.", "second fraction digits missing after `.`"),
                dateReason("2024-01-01T00:00:00x", "invalid timezone sign"),
                dateReason("2024-01-01T00:00:00+x0:00", "invalid timezone hour"),
                dateReason("2024-01-01T00:00:00+00:0", "invalid timezone minute"),
                dateReason("2024-01-01T00:00:00+00:60", "timezone minute value is outside expected range of 0-59"),
                dateReason("2024-01-01T00:00:00+24:00", "timezone offset must be less than 24 hours"),
                dateReason("2024-01-01T00:00:00Zx", "unexpected extra characters at the end of the input"),
                dateReason("9223372036854775807", "dates after 9999 are not supported as unix timestamps"),
                dateReason("-9223372036854775807", "dates before 0000 are not supported as unix timestamps"),
                arguments(date, "2024-01-01T00:00:01Z", "date_from_datetime_inexact", inexact, Map.of()),
                arguments(date, "2024-01-01T00:00:00.000001", "date_from_datetime_inexact", inexact, Map.of()),
                arguments(date, "2024-01-01T00:01", "date_from_datetime_inexact", inexact, Map.of()),
                arguments(date, "2024-01-01T01:01:00", "date_from_datetime_inexact", inexact, Map.of()),
                arguments(date, "2024-01-01T00:01:01", "date_from_datetime_inexact", inexact, Map.of()),
                arguments(date, "2024-01-01T23:59:59", "date_from_datetime_inexact", inexact, Map.of()),
                arguments(date, "253402300799000", "date_from_datetime_inexact", inexact, Map.of()),
                dateReason("253402300800000", "dates after 9999 are not supported as unix timestamps"),
                dateReason("-62167219200001", "dates before 0000 are not supported as unix timestamps"),
                arguments(
                        date,
                        "-62167219200000",
                        "date_parsing",
                        "Input should be a valid date in the format YYYY-MM-DD, year 0 is out of range",
                        Map.of("error", "year 0 is out of range")),
                arguments(date, "2024", "date_from_datetime_inexact", inexact, Map.of()),
                arguments(date, "20240101", "date_from_datetime_inexact", inexact, Map.of()),
                arguments(date, "1704067201", "date_from_datetime_inexact", inexact, Map.of()),
                arguments(date, "1704067200001", "date_from_datetime_inexact", inexact, Map.of()),
                arguments(date, "1704067200.5", "date_from_datetime_inexact", inexact, Map.of()),
                arguments(
                        date,
                        "0000-01-01",
                        "date_parsing",
                        "Input should be a valid date in the format YYYY-MM-DD, year 0 is out of range",
                        Map.of("error", "year 0 is out of range")),
                arguments(
                        thisCentury,
                        "1999-12-31",
                        "greater_than_equal",
                        "Input should be greater than or equal to 2000-01-01",
                        Map.of("ge", "2000-01-01")),
                arguments(
                        thisCentury,
                        "2100-01-01",
                        "less_than_equal",
                        "Input should be less than or equal to 2099-12-31",
                        Map.of("le", "2099-12-31")),
                arguments(
                        twoOrThree,
                        "abcd",
                        "string_too_long",
                        "String should have at most 3 characters",
                        Map.of("max_length", 3)),
                arguments(
                        twoOrThree,
                        "😀",
                        "string_too_short",
                        "String should have at least 2 characters",
                        Map.of("min_length", 2)),
                arguments(
                        one,
                        "",
                        "string_too_short",
                        "String should have at least 1 character",
                        Map.of("min_length", 1)),
                patternMismatch(granularity, "", pattern),
                patternMismatch(granularity, "year", pattern),
                patternMismatch(granularity, "day\n", pattern),
                patternMismatch(granularity, "DAY", pattern),
                expected(Parser.literal(List.of("a", "b", "c")), "literal_error", "'a', 'b' or 'c'"),
                expected(Parser.literal(List.of("a", "b")), "literal_error", "'a' or 'b'"),
                expected(Parser.literal(List.of("a")), "literal_error", "'a'"),
                expected(
                        Parser.oneOf(List.of(Granularity.DAY, Granularity.WEEK), Granularity::wireName),
                        "enum",
                        "'day' or 'week'"),
                arguments(Parser.flag(), "2", "bool_parsing", noFlag, Map.of()),
                arguments(Parser.flag(), " true", "bool_parsing", noFlag, Map.of()),
                arguments(
                        Parser.zone(),
                        "+05:30",
                        "zoneinfo_str",
                        "invalid timezone: +05:30",
                        Map.of("value", "+05:30")));
    }

    private static Arguments dateReason(String text, String reason) {
        Parser<?> date = Parser.date();
        return arguments(date, text, "date_from_datetime_parsing", DATE + reason, Map.of("error", reason));
    }

    private static Arguments patternMismatch(Parser<?> type, String text, String pattern) {
        String message = "String should match pattern '" + pattern + "'";
        return arguments(type, text, "string_pattern_mismatch", message, Map.of("pattern", pattern));
    }

    private static Arguments expected(Parser<?> type, String word, String expected) {
        return arguments(type, "z", word, "Input should be " + expected, Map.of("expected", expected));
    }

    @ParameterizedTest(name = "{2}: {3}")
    @MethodSource("words")
    void wordsAreThoseOfPydantic(
            Parser<?> parser, String text, String type, String message, Map<String, Object> context) {
        assertEquals(new ParseResult.Invalid<>(type, message, context), invalid(text, parser));
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "24,24", "+24,24", "-24,-24", " 24\t,24", "\u00a024\u0085,24", "24.0,24", "24.000,24", "0024,24",
                "1_000,1000", "1_000.0,1000", "0_0,0", "0__1,1", "-0_1,-1", "-0,0", "00.0,0", "2147483647,2147483647",
                "-2147483648,-2147483648"
            })
    void integers(String text, Integer value) {
        Integer read = read(text, Parser.integer(Integer.MIN_VALUE, Integer.MAX_VALUE));
        assertEquals(value, read);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "+",
                "-",
                "+-1",
                "-+1",
                "--1",
                "- 1",
                "1 0",
                "1.",
                ".0",
                "1.5",
                "1.0.0",
                "1._0",
                "1.0_0",
                "1__0",
                "_1",
                "1_",
                "0_",
                "0x1",
                "1e2",
                "٣",
                "１",
                "\u001c1",
                "0-1",
                "null",
                "NaN",
                "1;DROP TABLE x"
            })
    void noIntegers(String text) {
        assertEquals("int_parsing", invalid(text, Parser.integer(-5, 5)).type());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2024-02-29|2024-02-29",
                "2000-02-29|2000-02-29",
                "0001-01-01|0001-01-01",
                "9999-12-31|9999-12-31",
                "2024-01-01T00:00|2024-01-01",
                "2024-01-01T00:00:00Z|2024-01-01",
                "2024-01-01_00:00z|2024-01-01",
                "2024-01-01 00:00:00,0|2024-01-01",
                "2024-01-01t00:00:00.0000009|2024-01-01",
                "2024-01-01T00:00:00+05:30|2024-01-01",
                "2024-01-01T00:00:00+0530|2024-01-01",
                "2024-01-01T00:00:00−05:00|2024-01-01",
                "0|1970-01-01",
                "1704067200|2024-01-01",
                "+1704067200|2024-01-01",
                "-86400|1969-12-31",
                "1704067200000|2024-01-01",
                "1704067200.0|2024-01-01",
                "1704067200.|2024-01-01",
                "1704067200000.0|2024-01-01",
                "1704067199.9999998|2024-01-01",
                "-0.0000001|1970-01-01",
                "-62135596800000|0001-01-01",
            })
    void dates(String text, LocalDate date) {
        assertEquals(date, read(text, Parser.date()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-02-20|2026-02-20T00:00|",
                "2026-02-20T10:11|2026-02-20T10:11|",
                "2026-02-20 10:11:12.123456789|2026-02-20T10:11:12.123456|",
                "2026-02-20T10:11:12,5|2026-02-20T10:11:12.5|",
                "2026-02-20t10:11:12z|2026-02-20T10:11:12|PT0S",
                "2026-02-20_10:11:12+05:30|2026-02-20T10:11:12|PT5H30M",
                "2026-02-20T10:11:12-0530|2026-02-20T10:11:12|PT-5H-30M",
                "2026-02-20T10:11:12−05:30|2026-02-20T10:11:12|PT-5H-30M",
                "2026-02-20T10:11:12+23:59|2026-02-20T10:11:12|PT23H59M",
                "1771545600|2026-02-20T00:00|PT0S",
                "1771545600000|2026-02-20T00:00|PT0S",
                "1771545600.5|2026-02-20T00:00:00.5|PT0S",
                "1771545600.1234567|2026-02-20T00:00:00.123457|PT0S",
                "-1|1969-12-31T23:59:59|PT0S",
                "+5|1970-01-01T00:00:05|PT0S",
                "5.|1970-01-01T00:00:05|PT0S",
                ".5|1970-01-01T00:00:00.5|PT0S",
                "20000000000|2603-10-11T11:33:20|PT0S",
                "20000000001|1970-08-20T11:33:20.001|PT0S",
                "-62167219201|1968-01-12T11:19:40.799|PT0S",
            })
    void datesAndTimes(String text, LocalDateTime local, Duration offset) {
        assertEquals(new DateTime(local, Optional.ofNullable(offset)), read(text, Parser.dateTime()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "''|input is too short",
                "x|input is too short",
                "1e9|input is too short",
                "2026/02/20|invalid date separator, expected `-`",
                "99999999999999999999|invalid date separator, expected `-`",
                " 2026-02-20|invalid character in year",
                "2026-0x-01|invalid character in month",
                "2026-13-20|month value is outside expected range of 1-12",
                "2026-02-30T10:00|day value is outside expected range",
                "2026-02-20 |unexpected extra characters at the end of the input",
                "2026-02-20T10|unexpected extra characters at the end of the input",
                "2026-02-20T25:00|unexpected extra characters at the end of the input",
                "2026-02-20T10:60|unexpected extra characters at the end of the input",
                "2026-02-20T10:11:60|unexpected extra characters at the end of the input",
                "2026-02-20T10:11:12.|unexpected extra characters at the end of the input",
                "2026-02-20T10:11 02:00|unexpected extra characters at the end of the input",
                "2026-02-20T10:11:12+24:00|unexpected extra characters at the end of the input",
                "2026-02-20T10:11:12+05:60|unexpected extra characters at the end of the input",
                "99999999999999999|dates after 9999 are not supported as unix timestamps",
                "-99999999999999999|dates before 0000 are not supported as unix timestamps",
            })
    void noDatesAndTimes(String text, String reason) {
        assertEquals(
                new ParseResult.Invalid<>(
                        "datetime_from_date_parsing",
                        "Input should be a valid datetime or date, " + reason,
                        Map.of("error", reason)),
                invalid(text, Parser.dateTime()));
    }

    @Test
    void year0IsNoDateAndTime() {
        String reason = "year 0 is out of range";
        assertEquals(
                new ParseResult.Invalid<>(
                        "datetime_parsing", "Input should be a valid datetime, " + reason, Map.of("error", reason)),
                invalid("0000-01-01T00:00", Parser.dateTime()));
    }

    @ParameterizedTest
    @CsvSource({
        "1, true",
        "TRUE, true",
        "t, true",
        "Y, true",
        "oN, true",
        "yes, true",
        "0, false",
        "False, false",
        "FALSE, false",
        "f, false",
        "n, false",
        "NO, false",
        "off, false"
    })
    void flags(String text, Boolean value) {
        Boolean read = read(text, Parser.flag());
        assertEquals(value, read);
    }

    @Test
    void otherTypes() {
        assertEquals("", read("", Parser.text()));
        assertEquals("😀😀😀", read("😀😀😀", Parser.text(2, 3)));
        assertEquals("😀😀", read("😀😀", Parser.text(2, 3)));
        assertEquals(24, read("\r24\r", Parser.integer(1, 24)));
        assertEquals("b", read("b", Parser.literal(List.of("a", "b"))));
        assertEquals(ZoneId.of("Asia/Kathmandu"), read("Asia/Kathmandu", Parser.zone()));
        assertEquals(
                Granularity.WEEK,
                read("week", Parser.oneOf(List.of(Granularity.DAY, Granularity.WEEK), Granularity::wireName)));
        assertEquals(
                Optional.of(Granularity.DAY),
                read("day", Parser.matching("^(day|week)$").map(Granularity::named)));
        assertThrows(IllegalArgumentException.class, () -> Parser.matching("day|week"));
    }

    @Test
    void aViolationDoesNotChange() {
        Map<String, Object> context = new HashMap<>(Map.of("ge", 1));
        Violation violation = new Violation(List.of("body", "events", 3), "Too few", "too_few", null, context);
        context.put("le", 2);
        assertEquals(Map.of("ge", 1), violation.ctx());
    }
}
