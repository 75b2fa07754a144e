package dev.quarry.bench;

import java.util.Arrays;

/**
 * A measured value.
 *
 * @param subject what was measured, for example an endpoint; a row of the report
 * @param name of the value; a column of the report
 * @param unit for example ms; empty for a ratio
 * @param median of the rounds
 * @param least of the rounds
 * @param most of the rounds
 * @param goal null if there is none
 */
record Figure(String subject, String name, String unit, double median, double least, double most, Goal goal) {

    /** What the median should be: {@code AT_LEAST} or {@code AT_MOST} the value. */
    record Goal(Bound bound, double value) {
        enum Bound {
            AT_LEAST,
            AT_MOST
        }

        static Goal atLeast(double value) {
            return new Goal(Bound.AT_LEAST, value);
        }

        static Goal atMost(double value) {
            return new Goal(Bound.AT_MOST, value);
        }

        boolean holds(double median) {
            return switch (bound) {
                case AT_LEAST -> median >= value;
                case AT_MOST -> median <= value;
            };
        }
    }

    /** @param rounds the value of each round; at least one */
    static Figure of(String subject, String name, String unit, double[] rounds) {
        double[] ascending = rounds.clone();
        Arrays.sort(ascending);
        return new Figure(
                subject,
                name,
                unit,
                ascending[ascending.length / 2],
                ascending[0],
                ascending[ascending.length - 1],
                null);
    }

    static Figure of(String subject, String name, String unit, double value) {
        return of(subject, name, unit, new double[] {value});
    }

    Figure with(Goal wanted) {
        return new Figure(subject, name, unit, median, least, most, wanted);
    }
}
