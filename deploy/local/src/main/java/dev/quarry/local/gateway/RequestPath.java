package dev.quarry.local.gateway;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A path in normal form, which services and gateway read in the same way. The gateway refuses paths that a service might
 * normalise (dot segments, empty segments, path parameters, encoded slashes, dots or control characters, also if encoded
 * twice), so a request cannot leave its prefix by an unusual spelling.
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

    /** {@return the path; empty if it is missing or not in normal form} */
    static Optional<RequestPath> parse(String path) {
        return path != null && NORMAL.matcher(path).matches() ? Optional.of(new RequestPath(path)) : Optional.empty();
    }

    boolean isUnder(String prefix) {
        return isUnder(prefix, value);
    }

    /** Also for a path that is not in normal form. */
    static boolean isUnder(String prefix, String path) {
        return path.startsWith(prefix) && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
    }
}
