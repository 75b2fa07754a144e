package dev.quarry.apps.analytics;

import dev.quarry.apps.analytics.RollupsQuery.Rollups;
import dev.quarry.apps.analytics.RollupsQuery.SampledDay;
import dev.quarry.caller.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Summarises web vitals. */
@ApplicationScoped
class Vitals {
    private final VitalsQuery query;
    private final GoldSamples samples;

    Vitals(VitalsQuery query, GoldSamples samples) {
        this.query = query;
        this.samples = samples;
    }

    /** Summarises samples from bronze alone. Metrics without samples are absent. */
    VitalSummaries summaries(Caller caller, String app, OverviewWindow overview, int most) {
        return query.percentiles(caller, app, overview.window(), most);
    }

    /** Summarises samples from gold where gold was read, otherwise from bronze. Metrics without samples are absent. */
    VitalSummaries summaries(Caller caller, String app, OverviewWindow overview, int most, Rollups rollups) {
        List<Ranked> metrics = rollups.vitals().entrySet().stream()
                .map(metric -> Ranked.of(metric.getKey(), metric.getValue().values()))
                .toList();
        List<Place> places = metrics.stream().flatMap(Ranked::places).toList();
        Map<Place, Double> values = values(caller, app, rollups.days(), places);
        return values.size() == places.size()
                ? new VitalSummaries(
                        metrics.stream().map(metric -> metric.summary(values)).toList(), rollups.omittedMetrics())
                : summaries(caller, app, overview, most);
    }

    /** The sample at each place, if it was found. */
    private Map<Place, Double> values(Caller caller, String app, List<SampledDay> days, List<Place> places) {
        Map<Boolean, List<Place>> byNeed = places.stream().collect(Collectors.partitioningBy(Place::needsGold));
        Map<Place, Double> values = new HashMap<>();
        byNeed.get(false).forEach(place -> values.put(place, place.value()));
        samples.read(caller, app, days, byNeed.get(true))
                .forEach((place, gold) -> values.put(place, place.value(gold)));
        return values;
    }

    /** A metric and the places of its percentiles. */
    private record Ranked(String metric, Place p50, Place p75, Place p95, long samples) {

        static Ranked of(String metric, Collection<Bin> ascending) {
            long samples = ascending.stream().mapToLong(Bin::samples).sum();
            return new Ranked(
                    metric,
                    place(ascending, samples, 50),
                    place(ascending, samples, 75),
                    place(ascending, samples, 95),
                    samples);
        }

        private static Place place(Collection<Bin> ascending, long samples, int percent) {
            long rank = Math.ceilDiv(Math.multiplyExact(samples, percent), 100);
            for (Bin bin : ascending) {
                if (rank <= bin.samples()) {
                    return new Place(bin, percent, rank);
                }
                rank -= bin.samples();
            }
            throw new IllegalStateException("The rank lies beyond the samples");
        }

        Stream<Place> places() {
            return Stream.of(p50, p75, p95);
        }

        VitalSummary summary(Map<Place, Double> values) {
            return new VitalSummary(metric, values.get(p50), values.get(p75), values.get(p95), samples);
        }
    }
}
