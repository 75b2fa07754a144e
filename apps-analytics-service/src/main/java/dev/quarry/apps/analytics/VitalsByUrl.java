package dev.quarry.apps.analytics;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.quarry.apps.analytics.AppAnalytics.Vital;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Web vitals by page. */
@RegisterForReflection
@Schema(name = "VitalsByUrl", title = "VitalsByUrl")
public record VitalsByUrl(
        @Schema(
                required = true,
                title = "Groups",
                description = "The pages with the most samples, the largest first; ties by the bytes of their URLs")
        List<Group> groups,

        @Schema(description = "All other pages together; absent if there are none")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        Rest rest) {

    /**
     * The web vitals of one page.
     *
     * @param key its URL; empty for samples without one
     */
    @RegisterForReflection
    @Schema(name = "VitalsByUrlGroup", title = "VitalsByUrlGroup")
    public record Group(
            @Schema(required = true, title = "Key", description = "URL of the page; empty for samples without one")
            String key,

            @Schema(
                    required = true,
                    title = "Sample Count",
                    minimum = "1",
                    description = "Number of samples of all vitals of the page, at least 1")
            @JsonProperty("sample_count")
            long sampleCount,

            @Schema(
                    required = true,
                    title = "Vitals",
                    description = "The `limit` web vitals of the page with the most samples, by name")
            List<Vital> vitals) {}

    /**
     * The pages that are not among the largest.
     *
     * @param groups how many there are, at least 1
     */
    @RegisterForReflection
    @Schema(name = "VitalsByUrlRest", title = "VitalsByUrlRest")
    public record Rest(
            @Schema(
                    required = true,
                    title = "Groups",
                    minimum = "1",
                    description = "How many pages these are, at least 1")
            long groups,

            @Schema(
                    required = true,
                    title = "Sample Count",
                    minimum = "1",
                    description = "Number of samples of all vitals of these pages, at least 1")
            @JsonProperty("sample_count")
            long sampleCount,

            @Schema(
                    required = true,
                    title = "Vitals",
                    description =
                            "The `limit` web vitals with the most samples, by name, over all samples of these pages")
            List<Vital> vitals) {}

    /**
     * A row of the table.
     *
     * @param kind {@code whole}, {@code group} or {@code rest}
     * @param key the group's URL
     */
    @RegisterForReflection
    record Line(
            String kind,
            String key,
            @JsonProperty("metric_name") String metricName,
            double p50,
            double p75,
            double p95,
            @JsonProperty("sample_count") long sampleCount,
            VitalRating rating) {
        private static Line of(String kind, String key, Vital vital) {
            return new Line(
                    kind,
                    key,
                    vital.metricName(),
                    vital.p50(),
                    vital.p75(),
                    vital.p95(),
                    vital.sampleCount(),
                    vital.rating());
        }
    }

    /** The vitals of the whole app, of each group and of the rest. */
    List<Line> lines(List<Vital> whole) {
        List<Line> lines = new ArrayList<>();
        whole.forEach(vital -> lines.add(Line.of("whole", "", vital)));
        groups.forEach(group -> group.vitals().forEach(vital -> lines.add(Line.of("group", group.key(), vital))));
        if (rest != null) {
            rest.vitals().forEach(vital -> lines.add(Line.of("rest", "", vital)));
        }
        return lines;
    }
}
