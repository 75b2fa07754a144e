package dev.quarry.pydantic;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Parses days as Pydantic 2 does, and gives its reasons for refusing a text. Accepted are:
 *
 * <ul>
 *   <li>{@code 2026-02-20};
 *   <li>a date and time at midnight, with any offset, which is ignored: {@code 2026-02-20T00:00},
 *       {@code 2026-02-20 00:00:00.000+05:30};
 *   <li>a Unix timestamp at midnight UTC, in seconds up to 20,000,000,000 before or after 1970 and in milliseconds
 *       beyond: {@code 1771545600}, {@code 1771545600000}, {@code 1771545600.0}.
 * </ul>
 *
 * <p>Two forms that Pydantic accepts are refused here: timestamps with an exponent ({@code 1.7040672e9}), and integers
 * of more than 64 bits, some of which Pydantic wraps around to some date.
 */
final class PydanticDate {
    /** Timestamps farther from 1970 than this are milliseconds. */
    private static final long LAST_SECONDS = 20_000_000_000L;

    private static final long YEAR_0 = -62_167_219_200L;
    private static final long YEAR_9999_END = 253_402_300_799L;
    private static final long SECONDS_OF_DAY = 86_400;

    private static final String REASON = "error";
    private static final String EXTRA_CHARACTERS = "unexpected extra characters at the end of the input";

    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,19}");
    private static final Pattern DECIMAL = Pattern.compile("[+-]?(?:[0-9]{1,19}\\.[0-9]*|\\.[0-9]+)");

    private final byte[] text;
    private int position;

    private PydanticDate(String text) {
        this.text = text.getBytes(UTF_8);
    }

    static ParseResult<LocalDate> parse(String text) {
        try {
            return new ParseResult.Valid<>(readText(text));
        } catch (Unreadable unreadable) {
            return unreadable.result;
        }
    }

    /** Why the text is no date without a time, although it may begin with one. */
    static String reasonAgainstDate(String text) {
        try {
            new PydanticDate(text).date();
        } catch (Unreadable unreadable) {
            return unreadable.reason();
        }
        return EXTRA_CHARACTERS;
    }

    private static LocalDate readText(String text) throws Unreadable {
        try {
            return new PydanticDate(text).dateAndTime();
        } catch (Unreadable noDate) {
            if (INTEGER.matcher(text).matches()) {
                try {
                    return fromTimestamp(Long.parseLong(text), false);
                } catch (NumberFormatException tooLarge) {
                    throw noDate;
                }
            }
            if (DECIMAL.matcher(text).matches()) {
                return fromDecimal(Double.parseDouble(text));
            }
            throw noDate;
        }
    }

    private static LocalDate fromDecimal(double timestamp) throws Unreadable {
        double seconds = Math.abs(timestamp) > LAST_SECONDS ? timestamp / 1_000 : timestamp;
        double whole = Math.floor(seconds);
        long microseconds = Math.round((seconds - whole) * 1_000_000);
        return fromTimestamp((long) whole + microseconds / 1_000_000, microseconds % 1_000_000 != 0);
    }

    private static LocalDate fromTimestamp(long timestamp, boolean hasFraction) throws Unreadable {
        boolean isSeconds = timestamp >= -LAST_SECONDS && timestamp <= LAST_SECONDS;
        long seconds = isSeconds ? timestamp : Math.floorDiv(timestamp, 1_000);
        if (seconds < YEAR_0) {
            throw Unreadable.because("dates before 0000 are not supported as unix timestamps");
        }
        if (seconds > YEAR_9999_END) {
            throw Unreadable.because("dates after 9999 are not supported as unix timestamps");
        }
        boolean isMidnight = Math.floorMod(seconds, SECONDS_OF_DAY) == 0
                && !hasFraction
                && (isSeconds || Math.floorMod(timestamp, 1_000) == 0);
        return exactly(LocalDate.ofEpochDay(Math.floorDiv(seconds, SECONDS_OF_DAY)), isMidnight);
    }

    private LocalDate dateAndTime() throws Unreadable {
        LocalDate date = date();
        if (position == text.length) {
            return exactly(date, true);
        }
        if ("Tt_ ".indexOf(text[position]) < 0) {
            throw Unreadable.because("invalid datetime separator, expected `T`, `t`, `_` or space");
        }
        position++;
        boolean isMidnight = isMidnight();
        offset();
        if (position < text.length) {
            throw Unreadable.because(EXTRA_CHARACTERS);
        }
        return exactly(date, isMidnight);
    }

    private LocalDate date() throws Unreadable {
        need(10);
        int year = twoDigits("invalid character in year") * 100 + twoDigits("invalid character in year");
        skip('-', "invalid date separator, expected `-`");
        int month = twoDigits("invalid character in month");
        skip('-', "invalid date separator, expected `-`");
        int day = twoDigits("invalid character in day");
        if (month < 1 || month > 12) {
            throw Unreadable.because("month value is outside expected range of 1-12");
        }
        try {
            return LocalDate.of(year, month, day);
        } catch (DateTimeException noSuchDay) {
            throw Unreadable.because("day value is outside expected range");
        }
    }

    private boolean isMidnight() throws Unreadable {
        need(5);
        int hour = twoDigits("invalid character in hour");
        skip(':', "invalid time separator, expected `:`");
        int minute = twoDigits("invalid character in minute");
        inRange(hour, 23, "hour value is outside expected range of 0-23");
        inRange(minute, 59, "minute value is outside expected range of 0-59");
        if (!nextIs(':')) {
            return hour == 0 && minute == 0;
        }
        position++;
        int second = twoDigits("invalid character in second");
        inRange(second, 59, "second value is outside expected range of 0-59");
        boolean isZeroFraction = isZeroFraction();
        return hour + minute + second == 0 && isZeroFraction;
    }

    /** Drops digits after the sixth, as Pydantic does by default. */
    private boolean isZeroFraction() throws Unreadable {
        if (!nextIs('.') && !nextIs(',')) {
            return true;
        }
        position++;
        int start = position;
        boolean isZero = true;
        while (position < text.length && isDigit(text[position])) {
            isZero &= text[position] == '0' || position - start >= 6;
            position++;
        }
        if (position == start) {
            throw Unreadable.because("second fraction digits missing after `.`");
        }
        return isZero;
    }

    private void offset() throws Unreadable {
        if (position == text.length) {
            return;
        }
        if (nextIs('Z') || nextIs('z')) {
            position++;
            return;
        }
        sign();
        int hours = twoDigits("invalid timezone hour");
        if (nextIs(':')) {
            position++;
        }
        int minutes = twoDigits("invalid timezone minute");
        inRange(minutes, 59, "timezone minute value is outside expected range of 0-59");
        inRange(hours, 23, "timezone offset must be less than 24 hours");
    }

    /** Reads a plus, a hyphen, or the typographic minus sign, which ISO 8601 prefers. */
    private void sign() throws Unreadable {
        for (byte[] sign : new byte[][] {{'+'}, {'-'}, "\u2212".getBytes(UTF_8)}) {
            int end = Math.min(text.length, position + sign.length);
            if (Arrays.equals(text, position, end, sign, 0, sign.length)) {
                position = end;
                return;
            }
        }
        throw Unreadable.because("invalid timezone sign");
    }

    private void need(int length) throws Unreadable {
        if (text.length - position < length) {
            throw Unreadable.because("input is too short");
        }
    }

    private boolean nextIs(char expected) {
        return position < text.length && text[position] == expected;
    }

    private void skip(char expected, String reason) throws Unreadable {
        if (!nextIs(expected)) {
            throw Unreadable.because(reason);
        }
        position++;
    }

    private int twoDigits(String reason) throws Unreadable {
        return digit(reason) * 10 + digit(reason);
    }

    private int digit(String reason) throws Unreadable {
        if (position >= text.length || !isDigit(text[position])) {
            throw Unreadable.because(reason);
        }
        return text[position++] - '0';
    }

    private static boolean isDigit(byte character) {
        return character >= '0' && character <= '9';
    }

    private static void inRange(int value, int most, String reason) throws Unreadable {
        if (value > most) {
            throw Unreadable.because(reason);
        }
    }

    private static LocalDate exactly(LocalDate date, boolean isMidnight) throws Unreadable {
        if (!isMidnight) {
            throw new Unreadable(new ParseResult.Invalid<>(
                    "date_from_datetime_inexact",
                    "Datetimes provided to dates should have zero time - e.g. be exact dates"));
        }
        if (date.getYear() == 0) {
            String reason = "year 0 is out of range";
            throw new Unreadable(new ParseResult.Invalid<>(
                    "date_parsing",
                    "Input should be a valid date in the format YYYY-MM-DD, " + reason,
                    Map.of(REASON, reason)));
        }
        return date;
    }

    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient ParseResult<LocalDate> result;

        private Unreadable(ParseResult<LocalDate> result) {
            super(result.toString(), null, false, false);
            this.result = result;
        }

        private static Unreadable because(String reason) {
            return new Unreadable(new ParseResult.Invalid<>(
                    "date_from_datetime_parsing",
                    "Input should be a valid date or datetime, " + reason,
                    Map.of(REASON, reason)));
        }

        private String reason() {
            return result instanceof ParseResult.Invalid<LocalDate> invalid
                    ? String.valueOf(invalid.ctx().get(REASON))
                    : "";
        }
    }
}
