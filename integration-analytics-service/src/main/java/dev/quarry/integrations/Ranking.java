package dev.quarry.integrations;

import dev.quarry.clickhouse.Row;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Ranks groups by the rule of {@link Found#FIRST}. The dashboard's query costs the engine a quarter less without
 * a ranking, so the service ranks, as long as there are not too many groups to send.
 */
final class Ranking implements Consumer<Row> {
    private static final Comparator<Group> LARGEST_FIRST = Comparator.<Group>comparingLong(
                    group -> group.current.invocations())
            .thenComparingLong(group -> group.current.invocations() == 0 ? group.previous.invocations() : 0)
            .reversed()
            .thenComparing(group -> group.key, Tally.BY_KEY);

    private final Tallies tallies;
    private final int most;
    private final BiConsumer<Row, Ranking> reader;
    private final Map<Cut, Map<String, Group>> groups = new EnumMap<>(Cut.class);
    private int rows;

    private static final class Group {
        private final String key;
        private Tally current;
        private Tally previous;

        private Group(Cut cut, String key) {
            this.key = key;
            this.current = Tally.none(cut, Instant.EPOCH, key);
            this.previous = current;
        }
    }

    /**
     * @param tallies receives the tallies
     * @param most the LIMIT of the query
     * @param reader adds what a row has
     */
    Ranking(Tallies tallies, int most, BiConsumer<Row, Ranking> reader) {
        this.tallies = tallies;
        this.most = most;
        this.reader = reader;
    }

    @Override
    public void accept(Row row) {
        rows++;
        reader.accept(row, this);
    }

    void addBucket(Tally bucket) {
        tallies.addBucket(bucket);
    }

    /** @param current false if the tally is of the earlier window */
    void add(Tally tally, boolean current) {
        Group group = groups.computeIfAbsent(tally.cut(), _ -> new HashMap<>())
                .computeIfAbsent(tally.key(), key -> new Group(tally.cut(), key));
        if (current) {
            group.current = tally;
        } else {
            group.previous = tally;
        }
    }

    /** Whether the answer was not cut off at its LIMIT. */
    boolean isComplete() {
        return rows < most;
    }

    /** {@return the tallies, with the largest groups of each cut} */
    Tallies tallies(int limit) {
        groups.values().forEach(ofCut -> rank(ofCut.values().stream().toList(), limit));
        return tallies;
    }

    private void rank(List<Group> ofCut, int limit) {
        List<Group> ranked = ofCut.stream()
                .filter(group -> group.current.invocations() + group.previous.invocations() > 0)
                .sorted(LARGEST_FIRST)
                .toList();
        long total =
                ofCut.stream().mapToLong(group -> group.current.invocations()).sum();
        long totalBefore =
                ofCut.stream().mapToLong(group -> group.previous.invocations()).sum();
        long omitted = Math.max(0, ranked.size() - limit);
        ranked.stream().limit(limit).forEach(group -> {
            tallies.add(new Found(group.current, true, omitted, total));
            tallies.add(new Found(group.previous, false, omitted, totalBefore));
        });
    }
}
