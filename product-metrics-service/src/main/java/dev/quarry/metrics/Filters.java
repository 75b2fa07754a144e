package dev.quarry.metrics;

import dev.quarry.parameters.Parameter;
import dev.quarry.parameters.Parameters;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Filters by dimension. Each is empty, or has the wanted values as a request has them, but sorted and without
 * repetition, so that equal filters are equal records.
 */
@RegisterForReflection
public record Filters(
        @Parameter(
                name = "locale",
                description = Filters.ONLY + "locale" + Filters.SEVERAL,
                maximumLength = Filters.LONGEST,
                repeatable = true,
                example = "en-US")
        Optional<String> locale,

        @Parameter(
                name = "country",
                description = Filters.ONLY + "country" + Filters.SEVERAL,
                maximumLength = Filters.LONGEST,
                repeatable = true,
                example = "DE")
        Optional<String> country,

        @Parameter(
                name = "client",
                description = Filters.ONLY + "client" + Filters.SEVERAL,
                maximumLength = Filters.LONGEST,
                repeatable = true,
                example = "desktop")
        Optional<String> client,

        @Parameter(
                name = "device",
                description = Filters.ONLY + "kind of device" + Filters.SEVERAL,
                maximumLength = Filters.LONGEST,
                repeatable = true,
                example = "phone")
        Optional<String> device,

        @Parameter(
                name = "platform",
                description = Filters.ONLY + "platform" + Filters.SEVERAL,
                maximumLength = Filters.LONGEST,
                repeatable = true,
                example = "ios,android")
        Optional<String> platform,

        @Parameter(
                name = "version",
                description = Filters.ONLY + "version" + Filters.SEVERAL,
                maximumLength = Filters.LONGEST,
                repeatable = true,
                example = "2.4.0")
        Optional<String> version) {

    static final String ONLY = "Only events with this ";
    static final String SEVERAL = ". Several values are separated by commas, or the parameter is sent several times; at"
            + " most 100 values. A value with a comma stands in quotation marks, as in CSV. An empty value means events without one";
    static final int LONGEST = 4_000;

    private static final int MOST_VALUES = 100;

    /** A value and what ends it. In quotation marks, two quotation marks are one. */
    private static final Pattern VALUE = Pattern.compile("(?:\"((?:[^\"]|\"\")*+)\"|([^\",][^,]*+|))(,|\\z)");

    public Filters {
        locale = canonical(Dimension.LOCALE, locale);
        country = canonical(Dimension.COUNTRY, country);
        client = canonical(Dimension.CLIENT, client);
        device = canonical(Dimension.DEVICE, device);
        platform = canonical(Dimension.PLATFORM, platform);
        version = canonical(Dimension.VERSION, version);
    }

    /** The wanted values of each dimension, in the order of {@link Dimension}; none if there is no filter. */
    List<List<String>> values() {
        return Stream.of(locale, country, client, device, platform, version)
                .map(filter -> filter.flatMap(Filters::split).orElse(List.of()))
                .toList();
    }

    private static Optional<String> canonical(Dimension dimension, Optional<String> filter) {
        return filter.map(text -> {
            List<String> values = split(text)
                    .orElseThrow(() -> Parameters.invalid(
                            dimension.wireName(),
                            "Input should be values separated by commas; quotation marks around a value must be closed",
                            text))
                    .stream()
                    .distinct()
                    .sorted()
                    .toList();
            if (values.size() > MOST_VALUES) {
                throw Parameters.invalid(dimension.wireName(), "Input should have at most 100 values", text);
            }
            return values.stream().map(Filters::quoted).collect(Collectors.joining(","));
        });
    }

    /** Empty if the text is not a list of values. */
    private static Optional<List<String>> split(String text) {
        List<String> values = new ArrayList<>();
        Matcher matcher = VALUE.matcher(text);
        while (matcher.lookingAt()) {
            values.add(
                    matcher.group(1) == null
                            ? matcher.group(2)
                            : matcher.group(1).replace("\"\"", "\""));
            if (matcher.group(3).isEmpty()) {
                return Optional.of(values);
            }
            matcher.region(matcher.end(), text.length());
        }
        return Optional.empty();
    }

    private static String quoted(String value) {
        return value.startsWith("\"") || value.contains(",") ? '"' + value.replace("\"", "\"\"") + '"' : value;
    }
}
