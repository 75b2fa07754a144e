package dev.quarry.local.gateway;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A path that every service reads in the same way as the gateway. What a service might normalise into another path (dot
 * segments, empty segments, path parameters, encoded slashes, dots or controls, also when encoded twice) is refused
 * rather than normalised here, so a prefix cannot be left by spelling.
 */
record RequestPath(String value) {

    private static final Pattern NORMAL = Pattern.compile("""
            (?x)
            /
            | (?: / (?! \\.{1,2} (?: / | $ ) )
                  (?: [A-Za-z0-9._~!$&'()*+,=:@-]
                    | % (?! [01] | 2[eEfF] | 5[cC] | 7[fF] | 25 (?: 2[eEfF] | 5[cC] ) ) [0-9A-Fa-f]{2}
                  )++
              )++ /?
            """);

    /** Empty when the path is missing or not in its normal form. */
    static Optional<RequestPath> parse(String path) {
        return path != null && NORMAL.matcher(path).matches() ? Optional.of(new RequestPath(path)) : Optional.empty();
    }

    boolean isUnder(String prefix) {
        return value.startsWith(prefix) && (value.length() == prefix.length() || value.charAt(prefix.length()) == '/');
    }
}
