package dev.quarry.request;

import dev.quarry.clickhouse.Departure;
import java.util.ArrayList;
import java.util.List;

/** The departure of a request's client, which closes its connection or resets its stream. */
final class ClientDeparture implements Departure {
    private final List<Runnable> actions = new ArrayList<>(1);
    private boolean hasHappened;

    @Override
    public synchronized boolean hasHappened() {
        return hasHappened;
    }

    @Override
    public Registration whenItHappens(Runnable action) {
        synchronized (this) {
            if (!hasHappened) {
                actions.add(action);
                return () -> remove(action);
            }
        }
        action.run();
        return () -> {};
    }

    private synchronized void remove(Runnable action) {
        actions.remove(action);
    }

    void happen() {
        List<Runnable> registered;
        synchronized (this) {
            if (hasHappened) {
                return;
            }
            hasHappened = true;
            registered = List.copyOf(actions);
            actions.clear();
        }
        registered.forEach(Runnable::run);
    }
}
