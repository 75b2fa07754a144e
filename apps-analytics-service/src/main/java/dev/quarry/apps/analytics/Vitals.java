package dev.quarry.apps.analytics;

import dev.quarry.apps.analytics.VitalsQuery.Bin;
import dev.quarry.apps.analytics.VitalsQuery.Found;
import dev.quarry.apps.analytics.VitalsQuery.Place;
import dev.quarry.auth.Caller;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Percentiles of web vitals by the nearest rank: of n samples in ascending order, p percent is the one at place
 * ⌈p × n ÷ 100⌉. Always a value that was measured, never one in between.
 */
@ApplicationScoped
class Vitals {
    private final VitalsQuery query;

    Vitals(VitalsQuery query) {
        this.query = query;
    }

    /** A metric's percentiles. */
    record Summary(String metric, double p50, double p75, double p95, long samples) {}

    /** By name; metrics without samples are absent. */
    List<Summary> summaries(Caller caller, String app, Window window, List<Instant> bronzeHours) {
        Map<String, List<Bin>> histograms = query.histogram(caller, app, window, bronzeHours).stream()
                .collect(Collectors.groupingBy(Bin::metric, TreeMap::new, Collectors.toList()));
        List<Ranked> ranked = histograms.values().stream().map(Ranked::of).toList();
        List<Place> unknown = ranked.stream()
                .flatMap(Ranked::places)
                .filter(spot -> spot.bin().least() < spot.bin().most())
                .map(Spot::place)
                .distinct()
                .toList();
        Map<Place, Double> values = unknown.isEmpty()
                ? Map.of()
                : query.values(caller, app, window, bronzeHours, unknown).stream()
                        .collect(Collectors.toMap(Found::place, Found::value));
        return ranked.stream().map(metric -> metric.summary(values)).toList();
    }

    /** A place in a bin that is known. */
    private record Spot(Bin bin, long rank) {

        static Spot of(List<Bin> ascending, long samples, int percent) {
            long rank = Math.ceilDiv(Math.multiplyExact(samples, percent), 100);
            for (Bin bin : ascending) {
                if (rank <= bin.samples()) {
                    return new Spot(bin, rank);
                }
                rank -= bin.samples();
            }
            throw new IllegalStateException("The rank lies beyond the samples");
        }

        Place place() {
            return new Place(bin.metric(), bin.number(), rank);
        }

        double value(Map<Place, Double> values) {
            return bin.least() < bin.most() ? values.get(place()) : bin.least();
        }
    }

    private record Ranked(String metric, Spot p50, Spot p75, Spot p95, long samples) {

        static Ranked of(List<Bin> ascending) {
            long samples = ascending.stream().mapToLong(Bin::samples).sum();
            return new Ranked(
                    ascending.getFirst().metric(),
                    Spot.of(ascending, samples, 50),
                    Spot.of(ascending, samples, 75),
                    Spot.of(ascending, samples, 95),
                    samples);
        }

        Stream<Spot> places() {
            return Stream.of(p50, p75, p95);
        }

        Summary summary(Map<Place, Double> values) {
            return new Summary(metric, p50.value(values), p75.value(values), p95.value(values), samples);
        }
    }
}
