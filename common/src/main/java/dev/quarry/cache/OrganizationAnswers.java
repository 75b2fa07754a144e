package dev.quarry.cache;

import dev.quarry.rollup.Revision;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Optional;

/** The cached answers of one organisation, all of one revision. A full cache evicts the least recently used answers. */
final class OrganizationAnswers {
    private static final float LOAD_FACTOR = 0.75f;

    private final Revision revision;
    private final long maximumSize;
    private final LinkedHashMap<Question, Entry> answers = new LinkedHashMap<>(16, LOAD_FACTOR, true);
    private long size;

    /** @param size of the answer and its question, in bytes */
    private record Entry(CachedAnswer answer, int size) {}

    /** @param maximumSize in bytes */
    OrganizationAnswers(Revision revision, long maximumSize) {
        this.revision = revision;
        this.maximumSize = maximumSize;
    }

    boolean isOf(Revision other) {
        return revision == other;
    }

    synchronized Optional<CachedAnswer> get(Question question) {
        return Optional.ofNullable(answers.get(question)).map(Entry::answer);
    }

    /** Adds an answer. Returns how many others were evicted for it. */
    int put(Question question, CachedAnswer answer) {
        // The size is computed before the lock is taken, because other requests wait for the lock.
        return put(question, new Entry(answer, answer.size() + question.size()));
    }

    private synchronized int put(Question question, Entry entry) {
        if (entry.size() > maximumSize) {
            return 0;
        }
        Entry before = answers.put(question, entry);
        size += entry.size() - (before == null ? 0 : before.size());
        int evicted = 0;
        Iterator<Entry> eldest = answers.values().iterator();
        while (size > maximumSize) {
            size -= eldest.next().size();
            eldest.remove();
            evicted++;
        }
        return evicted;
    }

    /** In bytes. */
    synchronized long size() {
        return size;
    }

    synchronized int count() {
        return answers.size();
    }
}
