package dev.quarry.engine;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What runs or waits to run, by query id, and how to stop it. */
final class RunningQueries {
    private static final Logger LOG = System.getLogger(RunningQueries.class.getName());

    /** A query may be killed before the engine knows it, so killing is repeated until it is gone. */
    private static final Duration KILL_INTERVAL = Duration.ofMillis(20);

    private final Engine engine;
    private final ScheduledExecutorService control;
    private final Map<String, RunningQuery> byId = new ConcurrentHashMap<>();
    private final Set<RunningQuery> unanswered = ConcurrentHashMap.newKeySet();

    RunningQueries(Engine engine, ScheduledExecutorService control) {
        this.engine = engine;
        this.control = control;
    }

    /** Throws {@link EngineException} when a query with this id runs already. */
    RunningQuery start(String id) {
        RunningQuery query = new RunningQuery(id);
        if (byId.putIfAbsent(id, query) != null) {
            throw new EngineException(
                    ErrorCode.QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING, "Query with id = " + id + " is already running.");
        }
        unanswered.add(query);
        return query;
    }

    /** The engine is done with it: its id may be used again, and it cannot be cancelled any more. */
    void finish(RunningQuery query) {
        synchronized (query) {
            query.finished = true;
        }
        byId.remove(query.id);
    }

    /** Its client has the whole answer, or is gone. */
    synchronized void answered(RunningQuery query) {
        unanswered.remove(query);
        notifyAll();
    }

    /** Returns at once; the query ends soon after, wherever it is. */
    void cancel(RunningQuery query) {
        if (!query.cancelled) {
            query.cancelled = true;
            control.execute(() -> kill(query));
        }
    }

    private void kill(RunningQuery query) {
        // A session's mark outlives the query: the next one under it must not be hit.
        synchronized (query) {
            if (query.finished) {
                return;
            }
            if (query.mark != null) {
                try {
                    engine.kill(query.mark);
                } catch (EngineException failure) {
                    LOG.log(Level.WARNING, "a query could not be killed", failure);
                }
            }
        }
        var _ = control.schedule(() -> kill(query), KILL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits until nothing runs and all is answered; false when the time was over first. */
    synchronized boolean awaitNone(Duration time) throws InterruptedException {
        long deadline = System.nanoTime() + time.toNanos();
        while (!unanswered.isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    void cancelAll() {
        unanswered.forEach(this::cancel);
    }

    /** One request's query, from its arrival to its last byte. */
    static final class RunningQuery {
        private final String id;
        private volatile String mark;
        private volatile boolean cancelled;
        private volatile boolean finished;

        private RunningQuery(String id) {
            this.id = id;
        }

        /**
         * To be called when the query gets its connection.
         *
         * @throws EngineException when it was cancelled while it waited
         */
        void runOn(String connectionMark) {
            mark = connectionMark;
            if (cancelled) {
                throw new EngineException(ErrorCode.QUERY_WAS_CANCELLED, "Query was cancelled");
            }
        }
    }
}
