package dev.quarry.organizations;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.quarry.postgres.ChangesHeard;
import dev.quarry.postgres.NotificationListener;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/**
 * Workspaces that exist. PostgreSQL notifies every replica when one is deleted. While notifications do not arrive, no
 * workspace is known. Workspaces that do not exist are not remembered, so a new one is there at once.
 */
@ApplicationScoped
class KnownWorkspaces implements NotificationListener {
    private static final int MOST = 10_000;
    /** Somebody may have switched the triggers of the table off. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final ChangesHeard changes = new ChangesHeard();
    private final Cache<Workspace, Boolean> known =
            Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(LONGEST).build();

    private record Workspace(String organization, String id) {}

    boolean contains(String organization, String workspace) {
        return changes.isTrusted() && known.getIfPresent(new Workspace(organization, workspace)) != null;
    }

    /** A count of changes; read it before you ask PostgreSQL for a workspace. */
    long changes() {
        return changes.count();
    }

    /**
     * Remembers a workspace that PostgreSQL has, unless a change has been heard since.
     *
     * @param before the count of {@link #changes} before PostgreSQL was asked
     */
    void remember(String organization, String id, long before) {
        if (changes.isConnected()) {
            changes.cache(known, new Workspace(organization, id), true, before);
        }
    }

    @Override
    public String channel() {
        return "quarry_workspaces";
    }

    /** The payload is the id of an organisation that has lost workspaces, or {@code *} for all. */
    @Override
    public void notified(String payload) {
        changes.changed();
        known.asMap()
                .keySet()
                .removeIf(workspace ->
                        payload.equals("*") || workspace.organization().equals(payload));
    }

    @Override
    public void connected(boolean connected) {
        changes.connected(connected);
        known.invalidateAll();
    }

    @Override
    public void heard(long nanos) {
        changes.heard(nanos);
    }
}
