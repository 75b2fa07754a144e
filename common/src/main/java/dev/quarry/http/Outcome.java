package dev.quarry.http;

import java.util.Map;
import java.util.function.Function;

/** What came of reading a text as a {@code T}; the words are those of Pydantic 2's errors. */
sealed interface Outcome<T> {
    record Valid<T>(T value) implements Outcome<T> {}

    record Invalid<T>(String type, String msg, Map<String, Object> ctx) implements Outcome<T> {
        Invalid(String type, String msg) {
            this(type, msg, Map.of());
        }
    }

    static <T> Outcome<T> missing() {
        return new Invalid<>("missing", "Field required");
    }

    default <R> Outcome<R> map(Function<? super T, ? extends R> form) {
        return switch (this) {
            case Valid<T>(T value) -> new Valid<>(form.apply(value));
            case Invalid<T>(String type, String msg, Map<String, Object> ctx) -> new Invalid<>(type, msg, ctx);
        };
    }

    /** Within both bounds, which {@code ctx} shows as {@code shown} makes them: a JSON number, a day in ISO form. */
    static <T extends Comparable<? super T>> Outcome<T> between(
            Outcome<T> outcome, T least, T most, Function<T, Object> shown) {
        return switch (outcome) {
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
