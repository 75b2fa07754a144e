package dev.quarry.apps.logs;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The link of RFC 8288 to the next page. It is relative, because a gateway may be in between. It repeats the query of
 * the request. Clients may send characters that a URI must not contain, such as {@code "} or {@code >}: the link has
 * them percent-encoded.
 */
final class NextPage {
    /** The characters of a query in RFC 3986, besides letters, digits and percent-encoded ones. */
    private static final String LEGAL = "-._~!$&'()*+,;=:@/?%";

    private NextPage() {}

    /** @param query the query of the request as it was sent; null if there was none */
    static String link(String query, LogCursor next) {
        Stream<String> repeated = query == null
                ? Stream.empty()
                : Arrays.stream(query.split("&")).filter(pair -> !pair.isEmpty() && !isCursor(pair));
        return Stream.concat(repeated.map(NextPage::encode), Stream.of(LogsParameters.BEFORE + "=" + next))
                .collect(Collectors.joining("&", "<?", ">; rel=\"next\""));
    }

    private static boolean isCursor(String pair) {
        int end = pair.indexOf('=');
        String name = end < 0 ? pair : pair.substring(0, end);
        return URLDecoder.decode(name, StandardCharsets.UTF_8).equals(LogsParameters.BEFORE);
    }

    private static String encode(String sent) {
        StringBuilder encoded = new StringBuilder();
        sent.codePoints().forEach(character -> {
            if (isLegal(character)) {
                encoded.appendCodePoint(character);
            } else {
                for (byte octet : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
                    encoded.append('%').append("%02X".formatted(octet));
                }
            }
        });
        return encoded.toString();
    }

    private static boolean isLegal(int character) {
        return character < 0x80 && (Character.isLetterOrDigit(character) || LEGAL.indexOf(character) >= 0);
    }
}
