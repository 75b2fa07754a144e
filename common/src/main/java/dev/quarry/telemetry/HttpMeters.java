package dev.quarry.telemetry;

import dev.quarry.request.Routes;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Labels of the metrics of requests, and histograms of the times of requests and queries. */
final class HttpMeters {
    /** The {@code uri} of requests without a route. */
    private static final String UNMATCHED = "/unmatched";

    private static final String REQUESTS = "http.server.requests";
    private static final Set<String> HISTOGRAMS = Set.of(REQUESTS, "quarry.engine.query");
    private static final double[] BUCKET_NANOS = Stream.of(5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
            .mapToDouble(millis -> Duration.ofMillis(millis).toNanos())
            .toArray();

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE");

    private HttpMeters() {}

    /** Buckets to compute percentiles from, and to measure service level objectives. */
    @Produces
    @Singleton
    static MeterFilter buckets() {
        return new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                return HISTOGRAMS.contains(id.getName())
                        ? DistributionStatisticConfig.builder()
                                .serviceLevelObjectives(BUCKET_NANOS)
                                .build()
                                .merge(config)
                        : config;
            }
        };
    }

    /** Keeps clients from creating series: each invented method or path would be one. */
    @Produces
    @Singleton
    static MeterFilter boundedLabels(Routes routes) {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                return id.getName().equals(REQUESTS) ? id.replaceTags(bounded(id, routes)) : id;
            }
        };
    }

    private static List<Tag> bounded(Meter.Id id, Routes routes) {
        return id.getTags().stream()
                .map(tag -> switch (tag.getKey()) {
                    case "method" -> METHODS.contains(tag.getValue()) ? tag : Tag.of("method", "OTHER");
                    case "uri" -> isRoute(tag.getValue(), routes) ? tag : Tag.of("uri", UNMATCHED);
                    default -> tag;
                })
                .toList();
    }

    /** Paths for operators share one label. */
    private static boolean isRoute(String uri, Routes routes) {
        return uri.equals("/q") || routes.hasTemplate(uri);
    }
}
