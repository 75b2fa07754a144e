package dev.quarry.http;

import dev.quarry.error.Violation;
import dev.quarry.pydantic.ParseResult;
import dev.quarry.pydantic.Parser;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A parameter parsed as a {@code T} or found invalid, before the code declares whether it is required. */
public final class Reading<T> {
    private final Parameters parameters;
    private final List<Object> loc;
    private final Optional<String> sent;
    private final Parser<T> parser;

    Reading(Parameters parameters, List<Object> loc, Optional<String> sent, Parser<T> parser) {
        this.parameters = parameters;
        this.loc = loc;
        this.sent = sent;
        this.parser = parser;
    }

    /** Converts the valid value; {@code form} never gets an invalid one. */
    public <R> Reading<R> map(Function<? super T, ? extends R> form) {
        return new Reading<>(parameters, loc, sent, parser.map(form));
    }

    /** A parameter that was not sent is a violation of type {@code missing}. */
    public Parameter<T> required() {
        return parameter(sent.map(parser::parse).orElseGet(ParseResult::missing), null);
    }

    /** A parameter that was not sent has the value {@code otherwise}, which is not checked. */
    public Parameter<T> orElse(T otherwise) {
        return parameter(sent.map(parser::parse).orElseGet(() -> new ParseResult.Valid<>(otherwise)), otherwise);
    }

    /** A parameter that was not sent is empty. */
    public Parameter<Optional<T>> optional() {
        return this.<Optional<T>>map(Optional::of).orElse(Optional.empty());
    }

    private Parameter<T> parameter(ParseResult<T> result, T placeholder) {
        return switch (result) {
            case ParseResult.Valid<T>(T value) -> new Parameter<>(parameters, value);
            case ParseResult.Invalid<T> invalid -> {
                parameters.violated(
                        new Violation(loc, invalid.msg(), invalid.type(), sent.orElse(null), invalid.ctx()));
                yield new Parameter<>(parameters, placeholder);
            }
        };
    }
}
