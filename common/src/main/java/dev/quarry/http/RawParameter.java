package dev.quarry.http;

import dev.quarry.pydantic.Parser;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A parameter as it was sent. Each method parses it as one type, as Pydantic 2 parses that type from a text. */
public final class RawParameter {

    private final Parameters parameters;
    private final List<Object> loc;
    private final Optional<String> sent;

    RawParameter(Parameters parameters, List<Object> loc, Optional<String> sent) {
        this.parameters = parameters;
        this.loc = loc;
        this.sent = sent;
    }

    public Reading<Integer> integer(int least, int most) {
        return read(Parser.integer(least, most));
    }

    public Reading<LocalDate> date() {
        return read(Parser.date());
    }

    public Reading<LocalDate> date(LocalDate earliest, LocalDate latest) {
        return read(Parser.date(earliest, latest));
    }

    public Reading<Boolean> flag() {
        return read(Parser.flag());
    }

    public Reading<String> text() {
        return read(Parser.text());
    }

    public Reading<String> text(int shortest, int longest) {
        return read(Parser.text(shortest, longest));
    }

    public Reading<String> matching(String pattern) {
        return read(Parser.matching(pattern));
    }

    public Reading<String> literal(String... words) {
        return read(Parser.literal(List.of(words)));
    }

    public <E> Reading<E> oneOf(List<E> values, Function<E, String> wireName) {
        return read(Parser.oneOf(values, wireName));
    }

    public Reading<ZoneId> zone() {
        return read(Parser.zone());
    }

    private <T> Reading<T> read(Parser<T> parser) {
        return new Reading<>(parameters, loc, sent, parser);
    }
}
