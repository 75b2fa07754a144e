package dev.quarry.http;

import dev.quarry.error.Violation;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What was sent, read as a {@code T} or found invalid, before it is said whether it had to be sent at all. */
public final class Reading<T> {
    private final Parameters parameters;
    private final List<Object> loc;
    private final Optional<String> sent;
    private final Function<String, Outcome<T>> reader;

    Reading(Parameters parameters, List<Object> loc, Optional<String> sent, Function<String, Outcome<T>> reader) {
        this.parameters = parameters;
        this.loc = loc;
        this.sent = sent;
        this.reader = reader;
    }

    /** The valid value in another form; {@code form} never sees an invalid one. */
    public <R> Reading<R> map(Function<? super T, ? extends R> form) {
        return new Reading<>(parameters, loc, sent, text -> reader.apply(text).map(form));
    }

    /** Not sent is a violation of type {@code missing}. */
    public Parameter<T> required() {
        return parameter(sent.map(reader).orElseGet(Outcome::missing), null);
    }

    /** Not sent means {@code otherwise}, which is not itself checked. */
    public Parameter<T> orElse(T otherwise) {
        return parameter(sent.map(reader).orElseGet(() -> new Outcome.Valid<>(otherwise)), otherwise);
    }

    /** Not sent means empty. */
    public Parameter<Optional<T>> optional() {
        return this.<Optional<T>>map(Optional::of).orElse(Optional.empty());
    }

    private Parameter<T> parameter(Outcome<T> outcome, T placeholder) {
        return switch (outcome) {
            case Outcome.Valid<T>(T value) -> new Parameter<>(parameters, value);
            case Outcome.Invalid<T> invalid -> {
                parameters.violated(
                        new Violation(loc, invalid.msg(), invalid.type(), sent.orElse(null), invalid.ctx()));
                yield new Parameter<>(parameters, placeholder);
            }
        };
    }
}
