package dev.quarry.tabular;

import static java.util.Objects.requireNonNull;

import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The media ranges of a request's {@code Accept} headers, such as {@code text/*;q=0.5}. FastAPI ignores the headers, so
 * clients of the published APIs may send anything: what cannot be read counts as not sent, and so do parameters other
 * than {@code q}.
 */
final class AcceptedRanges {
    private static final String ANY = "*";
    /** The grammar has a digit before the point and at most three after it. Java's own client sent {@code q=.2}. */
    private static final Pattern QUALITY = Pattern.compile("[0-9]+\\.?[0-9]*|\\.[0-9]+");

    private static final Range JSON = Range.of(MediaType.APPLICATION_JSON);

    private final List<Range> ranges;

    /** @param headers the values of all {@code Accept} headers of a request */
    AcceptedRanges(List<String> headers) {
        this.ranges = headers.stream()
                .flatMap(header -> Arrays.stream(header.split(",", -1)))
                .flatMap(AcceptedRanges::range)
                .toList();
    }

    private static Stream<Range> range(String text) {
        String[] parts = text.split(";", -1);
        return quality(parts).map(quality -> Range.of(parts[0]).withQuality(quality)).stream();
    }

    /** Empty if it cannot be read; 1 if there is none. */
    private static Optional<Double> quality(String[] parts) {
        for (String parameter : parts) {
            int equals = parameter.indexOf('=');
            if (equals >= 0 && parameter.substring(0, equals).strip().equalsIgnoreCase("q")) {
                String value = parameter.substring(equals + 1).strip();
                return QUALITY.matcher(value).matches()
                        ? Optional.of(Math.min(Double.parseDouble(value), 1))
                        : Optional.empty();
            }
        }
        return Optional.of(1.0);
    }

    /**
     * The format that is preferred to JSON; empty if JSON is preferred, or if neither is accepted. The greatest quality
     * counts, then the more precise range, then the order: JSON first.
     */
    Optional<TableFormat> table() {
        Optional<Range> best = rangeOf(JSON);
        Optional<TableFormat> preferred = Optional.empty();
        for (TableFormat format : TableFormat.values()) {
            Optional<Range> range = rangeOf(Range.of(format.mediaType()));
            if (range.isPresent() && (best.isEmpty() || range.get().isPreferredTo(best.get()))) {
                best = range;
                preferred = Optional.of(format);
            }
        }
        return preferred;
    }

    /** The most precise range with a media type; empty if the client does not accept the media type. */
    private Optional<Range> rangeOf(Range mediaType) {
        return ranges.stream()
                .filter(range -> range.covers(mediaType))
                .max(Comparator.comparingInt(Range::precision).thenComparingDouble(Range::quality))
                .filter(range -> range.quality() > 0);
    }

    /** @param quality how welcome it is, compared with other ranges; 0 if it is not accepted */
    private record Range(String type, String subtype, double quality) {
        Range {
            requireNonNull(type, "type is null");
            requireNonNull(subtype, "subtype is null");
        }

        /** Reads {@code type/subtype}. Java's own client sent {@code *} for any type. */
        static Range of(String text) {
            String[] parts = text.strip().toLowerCase(Locale.ROOT).split("/", 2);
            return new Range(parts[0], parts[parts.length - 1], 1);
        }

        Range withQuality(double other) {
            return new Range(type, subtype, other);
        }

        int precision() {
            return (type.equals(ANY) ? 0 : 1) + (subtype.equals(ANY) ? 0 : 1);
        }

        boolean covers(Range other) {
            return (type.equals(ANY) || type.equals(other.type))
                    && (subtype.equals(ANY) || subtype.equals(other.subtype));
        }

        boolean isPreferredTo(Range other) {
            int order = Double.compare(quality, other.quality);
            return order > 0 || (order == 0 && other.covers(this) && !covers(other));
        }
    }
}
