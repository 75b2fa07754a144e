package dev.quarry.refining;

import java.util.List;

/**
 * What a comparison of gold with bronze found.
 *
 * @param compared how many buckets
 * @param differences those that differ, for certain
 * @param unsettled those that differ and are being inserted into, or rebuilt, by somebody
 */
record Audit(long compared, List<Difference> differences, List<Bucket> unsettled) {
    Audit {
        differences = List.copyOf(differences);
        unsettled = List.copyOf(unsettled);
    }

    /** A bucket whose gold is not what its bronze says. */
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

    /** Whether gold says what bronze says. */
    boolean agrees() {
        return differences.isEmpty() && unsettled.isEmpty();
    }
}
