package dev.quarry.rollup;

import java.util.List;

/**
 * Result of a comparison of gold with bronze.
 *
 * @param compared number of buckets compared
 * @param differences buckets that certainly differ
 * @param unsettled buckets that differ, but are being inserted into or rebuilt
 */
record Audit(long compared, List<Difference> differences, List<Bucket> unsettled) {
    Audit {
        differences = List.copyOf(differences);
        unsettled = List.copyOf(unsettled);
    }

    /** A bucket whose gold differs from its bronze. */
    record Difference(Bucket bucket, String bronze, String gold) {
        @Override
        public String toString() {
            return "%s %s: bronze has %s; gold has %s"
                    .formatted(bucket.organization(), bucket.start(), orNothing(bronze), orNothing(gold));
        }

        private static String orNothing(String sums) {
            return sums.isEmpty() ? "nothing" : sums;
        }
    }

    /** Whether gold agrees with bronze. */
    boolean agrees() {
        return differences.isEmpty() && unsettled.isEmpty();
    }
}
