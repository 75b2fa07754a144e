package dev.quarry.testing;

import io.restassured.RestAssured;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metrics that Prometheus reads from a service under test.
 *
 * @param types by the metrics' names
 * @param help descriptions by the metrics' names; empty if a metric has none
 */
public record Scrape(Map<String, String> types, Map<String, String> help, List<Sample> samples) {
    private static final Pattern LINE = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    public record Sample(String name, Map<String, String> labels, double value) {}

    /** Reads the metrics in Prometheus's text format. */
    public static Scrape now() {
        String text = RestAssured.given()
                .accept("text/plain")
                .get("/q/metrics")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        Map<String, String> types = new LinkedHashMap<>();
        text.lines().filter(line -> line.startsWith("# TYPE ")).forEach(line -> {
            String[] words = line.split(" ", -1);
            types.put(words[2], words[3]);
        });
        Map<String, String> help = new LinkedHashMap<>();
        text.lines().filter(line -> line.startsWith("# HELP ")).forEach(line -> {
            String[] words = line.split(" ", 4);
            help.put(words[2], words.length < 4 ? "" : words[3].strip());
        });
        return new Scrape(
                types,
                help,
                text.lines()
                        .filter(line -> !line.startsWith("#"))
                        .map(Scrape::sample)
                        .toList());
    }

    public List<Sample> samples(String name) {
        return samples.stream().filter(sample -> sample.name().equals(name)).toList();
    }

    /** The sum of a metric's samples whose label has the value. */
    public double sum(String name, String label, String value) {
        return samples(name).stream()
                .filter(sample -> value.equals(sample.labels().get(label)))
                .mapToDouble(Sample::value)
                .sum();
    }

    private static Sample sample(String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new AssertionError("Not a sample: " + line);
        }
        Map<String, String> labels = new LinkedHashMap<>();
        if (parts.group(2) != null) {
            Matcher label = LABEL.matcher(parts.group(2));
            while (label.find()) {
                labels.put(label.group(1), label.group(2));
            }
        }
        String value = parts.group(3).replace("Inf", "Infinity");
        return new Sample(parts.group(1), labels, Double.parseDouble(value));
    }
}
