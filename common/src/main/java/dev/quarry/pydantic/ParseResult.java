package dev.quarry.pydantic;

import java.util.Map;
import java.util.function.Function;

/** The value that a {@link Parser} read, or the violation that it found, with the messages of Pydantic 2. */
public sealed interface ParseResult<T> {
    record Valid<T>(T value) implements ParseResult<T> {}

    record Invalid<T>(String type, String msg, Map<String, Object> ctx) implements ParseResult<T> {
        public Invalid(String type, String msg) {
            this(type, msg, Map.of());
        }
    }

    /** A required parameter that was not sent. */
    static <T> ParseResult<T> missing() {
        return new Invalid<>("missing", "Field required");
    }

    default <R> ParseResult<R> map(Function<? super T, ? extends R> form) {
        return switch (this) {
            case Valid<T>(T value) -> new Valid<>(form.apply(value));
            case Invalid<T>(String type, String msg, Map<String, Object> ctx) -> new Invalid<>(type, msg, ctx);
        };
    }

    /**
     * Turns a value outside the bounds, which are inclusive, into a violation.
     *
     * @param shown converts a bound to its form in {@code ctx}: a JSON number, or a day in ISO form
     */
    static <T extends Comparable<? super T>> ParseResult<T> between(
            ParseResult<T> result, T least, T most, Function<T, Object> shown) {
        return switch (result) {
            case Valid<T>(T value)
            when value.compareTo(most) > 0 ->
                new Invalid<>(
                        "less_than_equal",
                        "Input should be less than or equal to " + most,
                        Map.of("le", shown.apply(most)));
            case Valid<T>(T value)
            when value.compareTo(least) < 0 ->
                new Invalid<>(
                        "greater_than_equal",
                        "Input should be greater than or equal to " + least,
                        Map.of("ge", shown.apply(least)));
            case Valid<T> valid -> valid;
            case Invalid<T> invalid -> invalid;
        };
    }
}
