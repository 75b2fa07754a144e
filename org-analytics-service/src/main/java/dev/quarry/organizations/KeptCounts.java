package dev.quarry.organizations;

import io.vertx.mutiny.sqlclient.Row;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts by a key that is open, such as a type: those of the keys that have most.
 *
 * @param counts in the order of the keys
 * @param omitted how many keys have counts beside those
 */
public record KeptCounts(Map<String, Long> counts, long omitted) {

    /** Of a row with arrays of keys and counts, side by side, and the number of all keys. */
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
