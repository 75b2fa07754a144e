package dev.quarry.local.samples;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Derives the id of each record from its content, so that the same records count once if a file, or a longer copy of it, is
 * loaded again. Identical records of a file are numbered, so that they are different events.
 *
 * <p>It remembers only the latest records, to limit the memory: identical records have the same time, so in a roughly
 * sorted file they are close together.
 */
final class EventIds {
    private static final int REMEMBERED = 1 << 16;

    private final Map<UUID, Integer> occurrences = new LinkedHashMap<>(REMEMBERED, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Integer> eldest) {
            return size() > REMEMBERED;
        }
    };

    UUID next(String content) {
        UUID first = UUID.nameUUIDFromBytes(content.getBytes(StandardCharsets.UTF_8));
        int occurrence = occurrences.merge(first, 1, Integer::sum);
        return occurrence == 1
                ? first
                : UUID.nameUUIDFromBytes((occurrence + "\n" + content).getBytes(StandardCharsets.UTF_8));
    }
}
