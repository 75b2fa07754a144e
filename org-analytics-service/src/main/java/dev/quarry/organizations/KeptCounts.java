package dev.quarry.organizations;

import io.vertx.mutiny.sqlclient.Row;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts by an open key, such as a type; only the largest counts.
 *
 * @param counts in the order of the keys
 * @param omitted how many other keys have counts
 */
public record KeptCounts(Map<String, Long> counts, long omitted) {

    /** Reads a row with parallel arrays of keys and counts, and the number of all keys. */
    public static KeptCounts of(Row row, String keys, String counts, String all) {
        String[] names = row.getArrayOfStrings(keys);
        Long[] numbers = row.getArrayOfLongs(counts);
        Map<String, Long> kept = new TreeMap<>();
        for (int i = 0; i < names.length; i++) {
            kept.put(names[i], numbers[i]);
        }
        return new KeptCounts(kept, row.getLong(all) - names.length);
    }
}
