package dev.quarry.error;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One error in a request, as FastAPI and Pydantic 2 report it, word for word: clients of the published APIs compare
 * {@code type} and show {@code msg}.
 *
 * @param loc where: {@code ["query", "hours"]}, {@code ["path", "org_id"]}, {@code ["body", "events", 3]}
 * @param msg a sentence for people
 * @param type a word for programs, such as {@code greater_than_equal}
 * @param input the value as it was sent; null if none was
 * @param ctx the values in {@code msg}, such as {@code {"ge": 1}}; often empty, and then absent from the answer
 */
public record Violation(List<Object> loc, String msg, String type, Object input, Map<String, Object> ctx) {
    public Violation {
        loc = List.copyOf(loc);
        requireNonNull(msg, "msg is null");
        requireNonNull(type, "type is null");
        ctx = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(ctx));
    }
}
