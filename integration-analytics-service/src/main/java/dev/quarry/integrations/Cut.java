package dev.quarry.integrations;

/** A way of cutting a slice's invocations into groups. Every panel is made from the {@link Tally tallies} of one cut. */
public enum Cut {
    /** The whole slice, and the whole of the slice before it. */
    PERIOD("period"),
    BUCKET("bucket"),
    INTEGRATION("integration"),
    MODE("mode"),
    /** Failed invocations only. */
    ERROR_CATEGORY("error_category");

    private final String sqlName;

    Cut(String sqlName) {
        this.sqlName = sqlName;
    }

    /** Whether the cut gives a list of groups, whose length depends on the data. */
    boolean isGrouped() {
        return switch (this) {
            case INTEGRATION, MODE, ERROR_CATEGORY -> true;
            case PERIOD, BUCKET -> false;
        };
    }

    /** What SQL calls it. */
    String sqlName() {
        return sqlName;
    }

    static Cut named(String sqlName) {
        for (Cut cut : values()) {
            if (cut.sqlName.equals(sqlName)) {
                return cut;
            }
        }
        throw new IllegalArgumentException("No such cut: " + sqlName);
    }
}
