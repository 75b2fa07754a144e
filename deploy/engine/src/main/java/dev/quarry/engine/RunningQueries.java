package dev.quarry.engine;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The running and waiting queries, by query id. Stops queries. */
final class RunningQueries {
    private static final Logger LOG = System.getLogger(RunningQueries.class.getName());

    /** A kill before the engine knows the query has no effect, so it is repeated until the query ends. */
    private static final Duration KILL_INTERVAL = Duration.ofMillis(20);

    private final Engine engine;
    private final ScheduledExecutorService control;
    private final Map<String, RunningQuery> byId = new ConcurrentHashMap<>();
    private final Set<RunningQuery> unanswered = ConcurrentHashMap.newKeySet();

    RunningQueries(Engine engine, ScheduledExecutorService control) {
        this.engine = engine;
        this.control = control;
    }

    /** Throws {@link EngineException} if a query with this id is already running. */
    RunningQuery start(String id) {
        RunningQuery query = new RunningQuery(id);
        if (byId.putIfAbsent(id, query) != null) {
            throw new EngineException(
                    ErrorCode.QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING, "Query with id = " + id + " is already running.");
        }
        unanswered.add(query);
        return query;
    }

    /** To be called when the engine has finished the query: its id may be used again. */
    void finish(RunningQuery query) {
        query.finished = true;
        byId.remove(query.id);
    }

    /** To be called when the client has the whole answer, or has disconnected. */
    synchronized void answered(RunningQuery query) {
        unanswered.remove(query);
        notifyAll();
    }

    /** Returns at once; the query ends soon after, whether it waits, runs or sends its answer. */
    void cancel(RunningQuery query) {
        if (!query.cancelled) {
            query.cancelled = true;
            control.execute(() -> kill(query));
        }
    }

    private void kill(RunningQuery query) {
        if (query.finished) {
            return;
        }
        String mark = query.mark;
        if (mark != null) {
            try {
                engine.kill(mark);
            } catch (EngineException failure) {
                LOG.log(Level.WARNING, "A query could not be killed", failure);
            }
        }
        var _ = control.schedule(() -> kill(query), KILL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits until all queries have ended and are answered. Returns false if {@code time} ended first. */
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

    /** The query of one request, from its arrival to the last byte of its answer. */
    static final class RunningQuery {
        private final String id;
        private volatile String mark;
        private volatile boolean cancelled;
        private volatile boolean finished;

        private RunningQuery(String id) {
            this.id = id;
        }

        /**
         * To be called when the query gets a connection.
         *
         * @throws EngineException if the query was cancelled while it waited
         */
        void runOn(String connectionMark) {
            mark = connectionMark;
            if (cancelled) {
                throw new EngineException(ErrorCode.QUERY_WAS_CANCELLED, "Query was cancelled");
            }
        }
    }
}
