package dev.quarry.http;

import dev.quarry.time.Zones;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** A parameter as it was sent. Each method reads it as one type, the way Pydantic 2 reads that type from a text. */
public final class RawParameter {
    private static final Set<String> YES = Set.of("1", "t", "y", "on", "yes", "true");
    private static final Set<String> NO = Set.of("0", "f", "n", "off", "no", "false");

    private final Parameters parameters;
    private final List<Object> loc;
    private final Optional<String> sent;

    RawParameter(Parameters parameters, List<Object> loc, Optional<String> sent) {
        this.parameters = parameters;
        this.loc = loc;
        this.sent = sent;
    }

    /** A whole number between the two, both inclusive. See {@link LaxInteger} for what counts as one. */
    public Reading<Integer> integer(int least, int most) {
        return read(text -> Outcome.between(
                        LaxInteger.read(text),
                        BigInteger.valueOf(least),
                        BigInteger.valueOf(most),
                        BigInteger::intValueExact)
                .map(BigInteger::intValueExact));
    }

    /** A day in the years 1 to 9999. See {@link LaxDate} for what counts as one. */
    public Reading<LocalDate> date() {
        return read(LaxDate::read);
    }

    /** A day between the two, both inclusive. */
    public Reading<LocalDate> date(LocalDate earliest, LocalDate latest) {
        return read(text -> Outcome.between(LaxDate.read(text), earliest, latest, LocalDate::toString));
    }

    public Reading<Boolean> flag() {
        return read(text -> {
            String lower = asciiLowerCase(text);
            if (YES.contains(lower) || NO.contains(lower)) {
                return new Outcome.Valid<>(YES.contains(lower));
            }
            return new Outcome.Invalid<>("bool_parsing", "Input should be a valid boolean, unable to interpret input");
        });
    }

    /** Any text, an empty one too. */
    public Reading<String> text() {
        return read(Outcome.Valid::new);
    }

    /** A text of a length between the two, both inclusive, in Unicode code points. */
    public Reading<String> text(int shortest, int longest) {
        return read(text -> {
            int length = text.codePointCount(0, text.length());
            if (length > longest) {
                return new Outcome.Invalid<>(
                        "string_too_long",
                        "String should have at most " + characters(longest),
                        Map.of("max_length", longest));
            }
            if (length < shortest) {
                return new Outcome.Invalid<>(
                        "string_too_short",
                        "String should have at least " + characters(shortest),
                        Map.of("min_length", shortest));
            }
            return new Outcome.Valid<>(text);
        });
    }

    /**
     * A text that matches the pattern from its first to its last character.
     *
     * @param pattern is shown to the client; it starts with {@code ^} and ends with {@code $}, and means the same to
     *     Java and to Rust, whose engine Pydantic uses
     */
    public Reading<String> matching(String pattern) {
        if (!pattern.startsWith("^") || !pattern.endsWith("$")) {
            throw new IllegalArgumentException("Not anchored at both ends: " + pattern);
        }
        Pattern compiled = Pattern.compile(pattern);
        // matches(), as a mere find() would let the $ overlook a line end.
        return read(text -> compiled.matcher(text).matches()
                ? new Outcome.Valid<>(text)
                : new Outcome.Invalid<>(
                        "string_pattern_mismatch",
                        "String should match pattern '" + pattern + "'",
                        Map.of("pattern", pattern)));
    }

    /** One of the words, as Pydantic reports a {@code Literal}. */
    public Reading<String> literal(String... words) {
        return word("literal_error", List.of(words));
    }

    /** One of the values by its name on the wire, as Pydantic reports an {@code Enum}. */
    public <E> Reading<E> oneOf(List<E> values, Function<E, String> wireName) {
        List<String> names = values.stream().map(wireName).toList();
        return word("enum", names).map(name -> values.get(names.indexOf(name)));
    }

    /** A zone by its name in the IANA time zone database. */
    public Reading<ZoneId> zone() {
        return read(text -> Zones.named(text)
                .<Outcome<ZoneId>>map(Outcome.Valid::new)
                .orElseGet(() ->
                        new Outcome.Invalid<>("zoneinfo_str", "invalid timezone: " + text, Map.of("value", text))));
    }

    private Reading<String> word(String type, List<String> words) {
        String expected = inWords(words);
        return read(text -> words.contains(text)
                ? new Outcome.Valid<>(text)
                : new Outcome.Invalid<>(type, "Input should be " + expected, Map.of("expected", expected)));
    }

    private <T> Reading<T> read(Function<String, Outcome<T>> reader) {
        return new Reading<>(parameters, loc, sent, reader);
    }

    /** {@code 'a', 'b' or 'c'}. */
    private static String inWords(List<String> words) {
        List<String> quoted = words.stream().map(word -> "'" + word + "'").toList();
        int last = quoted.size() - 1;
        return last == 0 ? quoted.getFirst() : String.join(", ", quoted.subList(0, last)) + " or " + quoted.get(last);
    }

    private static String characters(int number) {
        return number + (number == 1 ? " character" : " characters");
    }

    /** Not {@code toLowerCase}: it would make a word out of a letter such as the Kelvin sign. */
    private static String asciiLowerCase(String text) {
        int[] lower = text.chars()
                .map(character -> character >= 'A' && character <= 'Z' ? character + ('a' - 'A') : character)
                .toArray();
        return new String(lower, 0, lower.length);
    }
}
