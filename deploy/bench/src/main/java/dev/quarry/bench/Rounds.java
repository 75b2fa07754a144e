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
    private static final Duration WARM_UP_STEP = Duration.ofSeconds(5);
    private static final int MOST_STEPS = 40;

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

    /**
     * Warms all contenders up in turn, until their JVMs have compiled what they run: more load no longer lowers the processor
     * time of an answer. How long this takes depends on the number of answers.
     */
    static void warmUp(List<Contender> contenders) throws Exception {
        Map<Contender, WarmUp> cold = new LinkedHashMap<>();
        contenders.forEach(contender -> cold.put(contender, new WarmUp()));
        for (int step = 0; step < MOST_STEPS && !cold.isEmpty(); step++) {
            for (Contender contender : List.copyOf(cold.keySet())) {
                if (cold.get(contender).isWarmAfter(contender.warmUp(WARM_UP_CLIENTS, WARM_UP_STEP))) {
                    cold.remove(contender);
                }
            }
        }
    }

    /** Sends each contender so many loads without measuring. */
    static void warmUp(List<Contender> contenders, Options options, int loads) throws Exception {
        for (Contender contender : contenders) {
            contender.warmUp(WARM_UP_CLIENTS, options.load().multipliedBy(loads));
        }
    }

    /** The processor times of a contender's answers so far. */
    private static final class WarmUp {
        private static final double GAIN = 0.95;
        private static final int STEPS_WITHOUT_GAIN = 3;

        private double least = Double.POSITIVE_INFINITY;
        private int withoutGain;

        boolean isWarmAfter(double millis) {
            withoutGain = millis < GAIN * least ? 0 : withoutGain + 1;
            least = Math.min(least, millis);
            return withoutGain == STEPS_WITHOUT_GAIN;
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
