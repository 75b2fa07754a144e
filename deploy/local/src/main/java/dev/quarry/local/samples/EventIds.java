package dev.quarry.local.samples;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Gives each record an id that follows from its content, so that a file can be loaded again, or continued in a longer
 * copy, without doubling anything. Identical records stay different events by counting them.
 *
 * <p>Only the latest records are remembered, for bounded memory: identical ones carry the same time, so in a file that
 * is roughly in order they stand close together.
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
