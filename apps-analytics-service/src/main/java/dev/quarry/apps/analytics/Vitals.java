package dev.quarry.apps.analytics;

import dev.quarry.apps.analytics.VitalsQuery.CountedDay;
import dev.quarry.apps.analytics.VitalsQuery.Histogram;
import dev.quarry.apps.analytics.VitalsQuery.Sample;
import dev.quarry.caller.Caller;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Summarises web vitals. */
@ApplicationScoped
class Vitals {
    /**
     * Attempts to read the histogram and the samples in the same state. An attempt fails if a day was rebuilt between the
     * two queries, or if a rebuild wrote new samples but not yet their histograms, and a merge removed the old samples. If
     * such a rebuild was interrupted, every attempt fails until the next one.
     */
    private static final int MOST_ATTEMPTS = 5;

    private final VitalsQuery query;
    private final PageVitalsQuery bronze;

    Vitals(VitalsQuery query, PageVitalsQuery bronze) {
        this.query = query;
        this.bronze = bronze;
    }

    /**
     * Summarises the web vitals with the most samples. If no attempt finds the samples of the histogram, it reads all
     * samples from bronze: slower, and as exact.
     *
     * @param most maximum number of web vitals
     */
    VitalSummaries summaries(Caller caller, String app, Window window, int most) {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            Optional<VitalSummaries> summaries = attempt(caller, app, window, most);
            if (summaries.isPresent()) {
                return summaries.get();
            }
        }
        return bronze.ofAllPages(caller, app, window, most);
    }

    private Optional<VitalSummaries> attempt(Caller caller, String app, Window window, int most) {
        Histogram histogram = query.histogram(caller, app, window, most);
        Map<String, List<Bin>> byMetric = histogram.bins().stream()
                .sorted(Comparator.comparingInt(Bin::number))
                .collect(Collectors.groupingBy(Bin::metric, TreeMap::new, Collectors.toList()));
        List<Ranked> metrics = byMetric.entrySet().stream()
                .map(metric -> Ranked.of(metric.getKey(), metric.getValue()))
                .toList();
        List<Place> places = metrics.stream().flatMap(Ranked::places).toList();
        return values(caller, app, window, histogram.days(), places)
                .map(values -> new VitalSummaries(
                        metrics.stream().map(metric -> metric.summary(values)).toList(),
                        histogram.metrics() - metrics.size()));
    }

    /** The sample at each place. Empty if a bin no longer has the samples that the histogram counted. */
    private Optional<Map<Place, Double>> values(
            Caller caller, String app, Window window, List<CountedDay> days, List<Place> places) {
        Map<Place, Double> values = new HashMap<>();
        places.stream().filter(place -> place.bin().isZero()).forEach(place -> values.put(place, 0.0));
        List<Place> unknown =
                places.stream().filter(place -> !place.bin().isZero()).toList();
        if (!unknown.isEmpty()) {
            for (Sample sample : query.samples(caller, app, window, days, unknown)) {
                if (sample.samples() == sample.place().bin().samples()) {
                    values.put(sample.place(), sample.value());
                }
            }
        }
        return values.keySet().containsAll(places) ? Optional.of(values) : Optional.empty();
    }

    /** A metric and the places of its percentiles. */
    private record Ranked(String metric, Place p50, Place p75, Place p95, long samples) {

        static Ranked of(String metric, List<Bin> ascending) {
            long samples = ascending.stream().mapToLong(Bin::samples).sum();
            return new Ranked(
                    metric,
                    place(ascending, samples, 50),
                    place(ascending, samples, 75),
                    place(ascending, samples, 95),
                    samples);
        }

        private static Place place(List<Bin> ascending, long samples, int percent) {
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
