package dev.quarry.engine;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A failure in ClickHouse's format: the message starts with {@code Code: N. DB::Exception:}. */
final class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final Pattern CODE = Pattern.compile("Code: (\\d+)\\.");

    private final int code;
    private final int status;

    /** A failure that this server found, not the engine. */
    EngineException(ErrorCode code, String message) {
        this(
                code.number(),
                ErrorCode.status(code.number()),
                "Code: " + code.number() + ". DB::Exception: " + message + " (" + code + ")");
    }

    private EngineException(int code, int status, String text) {
        super(text);
        this.code = code;
        this.status = status;
    }

    /** Parses the engine's message. A message without a code becomes {@link ErrorCode#UNKNOWN_EXCEPTION}. */
    static EngineException of(String text) {
        Matcher matcher = CODE.matcher(text);
        if (!matcher.lookingAt()) {
            return new EngineException(ErrorCode.UNKNOWN_EXCEPTION, text);
        }
        int code = Integer.parseInt(matcher.group(1));
        return new EngineException(code, ErrorCode.status(code), text);
    }

    /** {@return the same failure, with the HTTP status for an INSERT: a client's error if the data can cause it} */
    EngineException ofInsert() {
        EngineException same = new EngineException(code, ErrorCode.statusOfInsert(code), getMessage());
        same.setStackTrace(getStackTrace());
        return same;
    }

    /** {@return ClickHouse's number for the failure} */
    int code() {
        return code;
    }

    /** {@return the HTTP status of the failure} */
    int status() {
        return status;
    }
}
