package dev.quarry.error;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One thing wrong with a request, as FastAPI and Pydantic 2 report it, word for word: clients of the published APIs
 * match on {@code type} and show {@code msg}.
 *
 * @param loc where: {@code ["query", "hours"]}, {@code ["path", "org_id"]}, {@code ["body", "events", 3]}
 * @param msg a sentence for a human
 * @param type a word for a machine, such as {@code greater_than_equal}
 * @param input what was sent, as it was sent; null if nothing was
 * @param ctx what {@code msg} was made of, such as {@code {"ge": 1}}; often empty, and then left out on the wire
 */
public record Violation(List<Object> loc, String msg, String type, Object input, Map<String, Object> ctx) {
    public Violation {
        loc = List.copyOf(loc);
        requireNonNull(msg, "msg is null");
        requireNonNull(type, "type is null");
        ctx = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(ctx));
    }
}
