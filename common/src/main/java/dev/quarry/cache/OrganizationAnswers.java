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
    private final LinkedHashMap<Question, CachedAnswer> answers = new LinkedHashMap<>(16, LOAD_FACTOR, true);
    private long size;

    /** @param maximumSize in bytes */
    OrganizationAnswers(Revision revision, long maximumSize) {
        this.revision = revision;
        this.maximumSize = maximumSize;
    }

    boolean isOf(Revision other) {
        return revision == other;
    }

    synchronized Optional<CachedAnswer> get(Question question) {
        return Optional.ofNullable(answers.get(question));
    }

    /** Adds an answer. Returns how many others were evicted for it. */
    synchronized int put(Question question, CachedAnswer answer) {
        if (answer.size() > maximumSize) {
            return 0;
        }
        CachedAnswer before = answers.put(question, answer);
        size += answer.size() - (before == null ? 0 : before.size());
        int evicted = 0;
        Iterator<CachedAnswer> eldest = answers.values().iterator();
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
