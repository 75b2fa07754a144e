package dev.quarry.comparison;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** The relative change between two values. */
public final class Change {
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final int DECIMALS = 2;

    private Change() {}

    /**
     * The change in percent of the earlier value, with two decimals, half up.
     *
     * @param current null if there is no value
     * @param earlier null if there is no value
     * @return null if either value is null, or the earlier one is 0
     */
    public static Double percent(Number current, Number earlier) {
        if (current == null || earlier == null || earlier.doubleValue() == 0) {
            return null;
        }
        BigDecimal base = new BigDecimal(earlier.toString());
        return new BigDecimal(current.toString())
                .subtract(base)
                .multiply(HUNDRED)
                .divide(base, DECIMALS, RoundingMode.HALF_UP)
                .doubleValue();
    }
}
