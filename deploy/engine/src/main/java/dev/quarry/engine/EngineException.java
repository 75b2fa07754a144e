package dev.quarry.engine;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A failure in ClickHouse's own words: the message starts with {@code Code: N. DB::Exception:}. */
final class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final Pattern CODE = Pattern.compile("Code: (\\d+)\\.");

    private final int code;

    /** A failure found by this server rather than by the engine. */
    EngineException(ErrorCode code, String message) {
        this(code.number(), "Code: " + code.number() + ". DB::Exception: " + message + " (" + code + ")");
    }

    private EngineException(int code, String text) {
        super(text);
        this.code = code;
    }

    /** Takes the engine's message; one without a code becomes {@link ErrorCode#UNKNOWN_EXCEPTION}. */
    static EngineException of(String text) {
        Matcher code = CODE.matcher(text);
        return code.lookingAt()
                ? new EngineException(Integer.parseInt(code.group(1)), text)
                : new EngineException(ErrorCode.UNKNOWN_EXCEPTION, text);
    }

    /** {@return ClickHouse's number for the failure} */
    int code() {
        return code;
    }

    /** {@return the HTTP status that goes with it} */
    int status() {
        return ErrorCode.status(code);
    }
}
