package dev.quarry.pydantic;

import static java.util.Objects.requireNonNull;

import dev.quarry.time.DateTime;
import dev.quarry.time.Zones;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Parses a text as a {@code T}, by the rules of Pydantic 2 and with its error messages. */
@FunctionalInterface
public interface Parser<T> {
    ParseResult<T> parse(String text);

    /** Converts the valid value; {@code form} never gets an invalid one. */
    default <R> Parser<R> map(Function<? super T, ? extends R> form) {
        requireNonNull(form, "form is null");
        return text -> parse(text).map(form);
    }

    /** A whole number between the bounds, both inclusive. See {@link PydanticInteger} for the accepted forms. */
    static Parser<Integer> integer(int minimum, int maximum) {
        return text -> ParseResult.between(
                        PydanticInteger.parse(text),
                        BigInteger.valueOf(minimum),
                        BigInteger.valueOf(maximum),
                        BigInteger::intValueExact)
                .map(BigInteger::intValueExact);
    }

    /** A day in the years 1 to 9999. See {@link PydanticDate} for the accepted forms. */
    static Parser<LocalDate> date() {
        return PydanticDate::parse;
    }

    /** A day between the bounds, both inclusive. */
    static Parser<LocalDate> date(LocalDate earliest, LocalDate latest) {
        return text -> ParseResult.between(PydanticDate.parse(text), earliest, latest, LocalDate::toString);
    }

    /** A date and time, with an offset from UTC or without one. See {@link PydanticDateTime} for the accepted forms. */
    static Parser<DateTime> dateTime() {
        return PydanticDateTime::parse;
    }

    static Parser<Boolean> flag() {
        Set<String> yes = Set.of("1", "t", "y", "on", "yes", "true");
        Set<String> no = Set.of("0", "f", "n", "off", "no", "false");
        return text -> {
            String lower = asciiLowerCase(text);
            if (yes.contains(lower) || no.contains(lower)) {
                return new ParseResult.Valid<>(yes.contains(lower));
            }
            return new ParseResult.Invalid<>(
                    "bool_parsing", "Input should be a valid boolean, unable to interpret input");
        };
    }

    /** Any text, also an empty one. */
    static Parser<String> text() {
        return ParseResult.Valid::new;
    }

    /** A text whose length in Unicode code points is between the bounds, both inclusive. */
    static Parser<String> text(int shortest, int longest) {
        return text -> {
            int length = text.codePointCount(0, text.length());
            if (length > longest) {
                return new ParseResult.Invalid<>(
                        "string_too_long",
                        "String should have at most " + characters(longest),
                        Map.of("max_length", longest));
            }
            if (length < shortest) {
                return new ParseResult.Invalid<>(
                        "string_too_short",
                        "String should have at least " + characters(shortest),
                        Map.of("min_length", shortest));
            }
            return new ParseResult.Valid<>(text);
        };
    }

    /**
     * A text that matches the pattern from its first to its last character.
     *
     * @param pattern is shown to the client; it starts with {@code ^}, ends with {@code $}, and has the same meaning in
     *     Java and in Rust, whose regular expressions Pydantic uses
     */
    static Parser<String> matching(String pattern) {
        if (!pattern.startsWith("^") || !pattern.endsWith("$")) {
            throw new IllegalArgumentException("Not anchored at both ends: " + pattern);
        }
        Pattern compiled = Pattern.compile(pattern);
        // Uses matches() instead of find(), because find() lets the $ match before a line end.
        return text -> compiled.matcher(text).matches()
                ? new ParseResult.Valid<>(text)
                : new ParseResult.Invalid<>(
                        "string_pattern_mismatch",
                        "String should match pattern '" + pattern + "'",
                        Map.of("pattern", pattern));
    }

    /** One of the words, as Pydantic reports a {@code Literal}. */
    static Parser<String> literal(List<String> words) {
        return word("literal_error", words);
    }

    /** One of the values by its name, as Pydantic reports an {@code Enum}. */
    static <E> Parser<E> oneOf(List<E> values, Function<? super E, String> wireName) {
        List<String> names = values.stream().<String>map(wireName).toList();
        return word("enum", names).map(name -> values.get(names.indexOf(name)));
    }

    /** A zone by its name in the IANA time zone database. */
    static Parser<ZoneId> zone() {
        return text -> Zones.named(text)
                .<ParseResult<ZoneId>>map(ParseResult.Valid::new)
                .orElseGet(() ->
                        new ParseResult.Invalid<>("zoneinfo_str", "invalid timezone: " + text, Map.of("value", text)));
    }

    private static Parser<String> word(String type, List<String> words) {
        String expected = inWords(words);
        return text -> words.contains(text)
                ? new ParseResult.Valid<>(text)
                : new ParseResult.Invalid<>(type, "Input should be " + expected, Map.of("expected", expected));
    }

    /** Joins words as in {@code 'a', 'b' or 'c'}. */
    private static String inWords(List<String> words) {
        List<String> quoted = words.stream().map(word -> "'" + word + "'").toList();
        int last = quoted.size() - 1;
        return last == 0 ? quoted.getFirst() : String.join(", ", quoted.subList(0, last)) + " or " + quoted.get(last);
    }

    private static String characters(int number) {
        return number + (number == 1 ? " character" : " characters");
    }

    /** Does not use {@code toLowerCase}, because it would accept letters such as the Kelvin sign as ASCII. */
    private static String asciiLowerCase(String text) {
        int[] lower = text.chars()
                .map(character -> character >= 'A' && character <= 'Z' ? character + ('a' - 'A') : character)
                .toArray();
        return new String(lower, 0, lower.length);
    }
}
