package dev.quarry.engine;

import dev.quarry.engine.Engine.Marked;
import dev.quarry.engine.QueryRequest.SessionRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Connections that outlive a request, with their settings and temporary tables, until they were idle for too long. */
final class Sessions {
    private static final int MAX_SESSIONS = 128;

    private final Engine engine;
    private final Map<String, Session> byId = new HashMap<>();

    Sessions(Engine engine) {
        this.engine = engine;
    }

    /** Throws {@link EngineException} when the session is in use, missing though it must exist, or one too many. */
    synchronized Session take(SessionRequest request) {
        Session session = byId.get(request.id());
        if (session == null) {
            if (request.mustExist()) {
                throw new EngineException(ErrorCode.SESSION_NOT_FOUND, "Session " + request.id() + " not found");
            }
            if (byId.size() >= MAX_SESSIONS) {
                throw new EngineException(
                        ErrorCode.TOO_MANY_SIMULTANEOUS_QUERIES, "Too many sessions. Maximum: " + MAX_SESSIONS);
            }
            session = new Session(engine.open());
            byId.put(request.id(), session);
        }
        if (session.inUse) {
            throw new EngineException(
                    ErrorCode.SESSION_IS_LOCKED, "Session " + request.id() + " is locked by a concurrent client");
        }
        session.inUse = true;
        return session;
    }

    synchronized void giveBack(SessionRequest request, Session session) {
        session.inUse = false;
        session.idleUntil = System.nanoTime() + request.timeoutSeconds() * 1_000_000_000L;
        if (request.close() || session.broken) {
            byId.remove(request.id());
            session.connection.close();
        }
    }

    /** Ends the sessions that nobody used for their time. */
    synchronized void closeIdle() {
        long now = System.nanoTime();
        byId.values().removeIf(session -> {
            boolean over = !session.inUse && session.idleUntil - now < 0;
            if (over) {
                session.connection.close();
            }
            return over;
        });
    }

    /** To be called when nothing runs any more. */
    synchronized void closeAll() {
        byId.values().forEach(session -> session.connection.close());
        byId.clear();
    }

    /** One session's connection. */
    static final class Session {
        private final Marked connection;
        private boolean inUse;
        private boolean broken;
        private long idleUntil;

        private Session(Marked connection) {
            this.connection = connection;
        }

        Marked marked() {
            return connection;
        }

        /**
         * Applies what a request's URL says for this request alone.
         *
         * @return statements that undo it; to be run when the request is over
         */
        List<String> apply(Optional<String> database, Map<String, String> settings) {
            EngineConnection open = connection.connection();
            List<String> undo = new ArrayList<>();
            // What an earlier failure left in the engine's process list goes with the next statement.
            String currentDatabase = open.query("SELECT hex(currentDatabase())");
            database.ifPresent(name -> {
                open.use(name);
                undo.add("USE " + EngineConnection.identifier(unhex(currentDatabase)));
            });
            Map<String, String> before = new LinkedHashMap<>();
            for (String name : settings.keySet()) {
                before.put(
                        name,
                        open.query("SELECT hex(value) FROM system.settings WHERE changed AND name = "
                                + EngineConnection.literal(name)));
            }
            open.set(settings);
            before.forEach((name, value) -> undo.add("SET "
                    + EngineConnection.identifier(name)
                    + " = "
                    + (value.isEmpty() ? "DEFAULT" : EngineConnection.literal(unhex(value)))));
            return undo;
        }

        /** A session that keeps one request's settings for the next is of no use: it is given up. */
        void undo(List<String> statements) {
            try {
                statements.forEach(connection.connection()::query);
            } catch (EngineException failure) {
                broken = true;
            }
        }

        private static String unhex(String hex) {
            return new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
        }
    }
}
