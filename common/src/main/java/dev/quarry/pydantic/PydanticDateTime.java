package dev.quarry.pydantic;

import dev.quarry.time.DateTime;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses dates and times as Pydantic 2 does, and gives its reasons for refusing a text. Accepted are:
 *
 * <ul>
 *   <li>{@code 2026-02-20T13:00}, also with seconds and a fraction, and with an offset from UTC: {@code
 *       2026-02-20 13:00:00.250+05:30};
 *   <li>{@code 2026-02-20}, the date's midnight;
 *   <li>a Unix timestamp, in seconds up to 20,000,000,000 before or after 1970 and in milliseconds beyond: {@code
 *       1771545600}, {@code 1771545600000}, {@code 1771545600.5}.
 * </ul>
 *
 * <p>Of the digits of a fraction, the first six count.
 */
final class PydanticDateTime {
    /** Timestamps farther from 1970 than this are milliseconds. */
    private static final BigDecimal LAST_SECONDS = BigDecimal.valueOf(20_000_000_000L);

    private static final BigDecimal YEAR_0 = BigDecimal.valueOf(-62_167_219_200L);
    private static final BigDecimal YEAR_9999_END = BigDecimal.valueOf(253_402_300_799L);
    private static final long MICROSECONDS = 1_000_000;

    private static final Pattern TIMESTAMP = Pattern.compile("[+-]?(?:[0-9]{1,18}(?:\\.[0-9]*)?|\\.[0-9]+)");
    private static final Pattern ISO = Pattern.compile("""
            ([0-9]{4})-([0-9]{2})-([0-9]{2})\
            (?:[Tt_ ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?\
            (?:([Zz])|([-+\u2212])([0-9]{2}):?([0-9]{2}))?)?""");

    private PydanticDateTime() {}

    static ParseResult<DateTime> parse(String text) {
        ParseResult<DateTime> result = TIMESTAMP.matcher(text).matches() ? timestamp(new BigDecimal(text)) : iso(text);
        return result instanceof ParseResult.Valid<DateTime>(DateTime moment)
                        && moment.local().getYear() == 0
                ? invalid("datetime_parsing", "Input should be a valid datetime, ", "year 0 is out of range")
                : result;
    }

    private static ParseResult<DateTime> timestamp(BigDecimal number) {
        BigDecimal seconds = number.abs().compareTo(LAST_SECONDS) > 0 ? number.movePointLeft(3) : number;
        if (seconds.compareTo(YEAR_0) < 0) {
            return invalid("dates before 0000 are not supported as unix timestamps");
        }
        if (seconds.compareTo(YEAR_9999_END) > 0) {
            return invalid("dates after 9999 are not supported as unix timestamps");
        }
        long microseconds =
                seconds.movePointRight(6).setScale(0, RoundingMode.HALF_UP).longValueExact();
        LocalDateTime utc = LocalDateTime.ofEpochSecond(
                Math.floorDiv(microseconds, MICROSECONDS),
                (int) (Math.floorMod(microseconds, MICROSECONDS) * 1_000),
                ZoneOffset.UTC);
        return new ParseResult.Valid<>(new DateTime(utc, Optional.of(Duration.ZERO)));
    }

    private static ParseResult<DateTime> iso(String text) {
        Matcher parts = ISO.matcher(text);
        if (parts.matches()) {
            try {
                LocalDateTime local = LocalDateTime.of(
                        number(parts.group(1)),
                        number(parts.group(2)),
                        number(parts.group(3)),
                        number(parts.group(4)),
                        number(parts.group(5)),
                        number(parts.group(6)),
                        nanoseconds(parts.group(7)));
                return new ParseResult.Valid<>(new DateTime(local, offset(parts)));
            } catch (DateTimeException outOfRange) {
                return invalid(PydanticDate.reasonAgainstDate(text));
            }
        }
        return invalid(PydanticDate.reasonAgainstDate(text));
    }

    /** @throws DateTimeException if the offset is 24 hours or more, or its minutes are 60 or more */
    private static Optional<Duration> offset(Matcher parts) {
        if (parts.group(8) != null) {
            return Optional.of(Duration.ZERO);
        }
        if (parts.group(9) == null) {
            return Optional.empty();
        }
        int hours = number(parts.group(10));
        int minutes = number(parts.group(11));
        if (hours > 23 || minutes > 59) {
            throw new DateTimeException("No such offset");
        }
        Duration offset = Duration.ofHours(hours).plusMinutes(minutes);
        return Optional.of(parts.group(9).equals("+") ? offset : offset.negated());
    }

    private static int nanoseconds(String fraction) {
        return fraction == null ? 0 : number((fraction + "000000").substring(0, 6)) * 1_000;
    }

    /** A part that is absent is 0. */
    private static int number(String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private static ParseResult<DateTime> invalid(String reason) {
        return invalid("datetime_from_date_parsing", "Input should be a valid datetime or date, ", reason);
    }

    private static ParseResult<DateTime> invalid(String type, String message, String reason) {
        return new ParseResult.Invalid<>(type, message + reason, Map.of("error", reason));
    }
}
