package dev.quarry.numbers;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Averages and percentages with two decimals, rounded half up; 0 if the divisor is 0. */
public final class Quotient {
    private static final int DECIMALS = 2;

    private Quotient() {}

    public static double of(long dividend, long divisor) {
        return divisor == 0
                ? 0
                : BigDecimal.valueOf(dividend)
                        .divide(BigDecimal.valueOf(divisor), DECIMALS, RoundingMode.HALF_UP)
                        .doubleValue();
    }

    public static double percentage(long part, long whole) {
        return of(Math.multiplyExact(part, 100), whole);
    }
}
