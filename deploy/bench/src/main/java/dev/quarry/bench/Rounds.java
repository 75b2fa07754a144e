package dev.quarry.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.ToDoubleFunction;

/** Samples of several contenders, which were measured in turn, so that other load on the machine affects all equally. */
final class Rounds {
    private static final int WARM_UP_CLIENTS = 8;
    /** On two processors, a JVM needs about this long under this load to compile what a request runs. */
    private static final Duration WARM_UP = Duration.ofSeconds(45);

    private final Map<String, List<Contender.Sample>> samples = new LinkedHashMap<>();

    private Rounds() {}

    /** Measures every contender in every round. */
    static Rounds measure(Stage stage, List<Contender> contenders, int clients, Options options) throws Exception {
        Rounds rounds = new Rounds();
        for (int round = 0; round < options.rounds(); round++) {
            for (Contender contender : contenders) {
                rounds.samples
                        .computeIfAbsent(contender.name(), _ -> new ArrayList<>())
                        .add(contender.measure(stage, clients, options.load()));
            }
        }
        return rounds;
    }

    /** Warms all contenders up until their JVMs have compiled what they run. */
    static void warmUp(List<Contender> contenders) throws Exception {
        warmUp(contenders, WARM_UP);
    }

    /** As {@link #warmUp(List)}, for contenders that are requests to so many services. */
    static void warmUpTogether(List<Contender> contenders, int services) throws Exception {
        warmUp(contenders, WARM_UP.multipliedBy(services).dividedBy(contenders.size()));
    }

    /** Warms all contenders up, each for so many times the duration of a load. */
    static void warmUp(List<Contender> contenders, Options options, int loads) throws Exception {
        warmUp(contenders, options.load().multipliedBy(loads));
    }

    private static void warmUp(List<Contender> contenders, Duration each) throws Exception {
        for (Contender contender : contenders) {
            contender.warmUp(WARM_UP_CLIENTS, each);
        }
    }

    /** A value of each round. */
    double[] of(String contender, ToDoubleFunction<Contender.Sample> value) {
        return samples.get(contender).stream().mapToDouble(value).toArray();
    }

    /** A value of one contender divided by the same value of another, in each round. */
    double[] ratio(String contender, String other, ToDoubleFunction<Contender.Sample> value) {
        return combine(of(contender, value), of(other, value), (mine, theirs) -> mine / theirs);
    }

    /** A value of one contender minus the same value of another, in each round. */
    double[] difference(String contender, String other, ToDoubleFunction<Contender.Sample> value) {
        return combine(of(contender, value), of(other, value), (mine, theirs) -> mine - theirs);
    }

    private static double[] combine(double[] mine, double[] theirs, DoubleBinaryOperator combination) {
        double[] combined = new double[mine.length];
        for (int round = 0; round < combined.length; round++) {
            combined[round] = combination.applyAsDouble(mine[round], theirs[round]);
        }
        return combined;
    }
}
