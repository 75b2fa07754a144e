package dev.quarry.engine;

import dev.quarry.engine.Engine.Marked;
import dev.quarry.engine.QueryRequest.SessionRequest;
import dev.quarry.engine.RunningQueries.RunningQuery;
import dev.quarry.engine.Sessions.Session;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs one request's statement against the engine, on a thread that may block. */
final class QueryExecution {
    /** ClickHouse's {@code max_query_size}: what a statement may have, its inserted data not counted. */
    private static final int MAX_QUERY_BYTES = 262_144;

    private final Engine engine;
    private final Sessions sessions;
    private final QueryRequest request;
    private final RunningQuery running;

    QueryExecution(Engine engine, Sessions sessions, QueryRequest request, RunningQuery running) {
        this.engine = engine;
        this.sessions = sessions;
        this.request = request;
        this.running = running;
    }

    /**
     * Runs the statement and answers.
     *
     * @param body the request's body as it comes from the network
     * @throws EngineException when the engine or this server refuses or fails
     * @throws IOException when the client goes away
     */
    void run(InputStream body, Answer answer) throws IOException {
        if (request.session().isPresent()) {
            inSession(request.session().get(), body, answer);
        } else {
            try (Marked marked = engine.open()) {
                running.runOn(marked.mark());
                request.database().ifPresent(marked.connection()::use);
                marked.connection().set(settings());
                execute(marked.connection(), statement(body), answer);
            }
        }
    }

    private void inSession(SessionRequest asked, InputStream body, Answer answer) throws IOException {
        Session session = sessions.take(asked);
        try {
            running.runOn(session.marked().mark());
            EngineConnection connection = session.marked().connection();
            List<String> undo = session.apply(request.database(), request.settings());
            try {
                StatementAndData statement = statement(body);
                if (request.readOnly() > 0 && !readsOnly(connection, statement)) {
                    throw new EngineException(ErrorCode.READONLY, "Cannot execute query in readonly mode.");
                }
                execute(connection, statement, answer);
            } finally {
                session.undo(undo);
            }
        } finally {
            sessions.giveBack(asked, session);
        }
    }

    /** A session outlives the request, and the engine's own readonly cannot be taken back: so it is judged here. */
    private static boolean readsOnly(EngineConnection connection, StatementAndData read) {
        return read.statement() instanceof Statement.Whole(MemorySegment sql, Optional<String> format, boolean insert)
                && connection.readsOnly(sql);
    }

    private Map<String, String> settings() {
        if (request.readOnly() == 0) {
            return request.settings();
        }
        Map<String, String> settings = new LinkedHashMap<>(request.settings());
        settings.put("readonly", Integer.toString(request.readOnly()));
        return settings;
    }

    private void execute(EngineConnection connection, StatementAndData read, Answer answer) throws IOException {
        switch (read.statement()) {
            case Statement.Insert(MemorySegment head, String format, int dataStart) -> {
                try (QueryResult result = connection.insert(head, format, request.parameters(), read.data())) {
                    answer.send(result, format);
                } catch (EngineException refused) {
                    throw refused.ofInsert();
                }
            }
            case Statement.Whole(MemorySegment sql, Optional<String> format, boolean insert) -> {
                try (QueryResult result = connection.query(sql, request.defaultFormat(), request.parameters())) {
                    answer.send(result, format.orElse(request.defaultFormat()));
                } catch (EngineException refused) {
                    throw insert ? refused.ofInsert() : refused;
                }
            }
        }
    }

    /** The URL's part and the body are one text, as in ClickHouse. */
    private StatementAndData statement(InputStream body) throws IOException {
        InputStream decoded = request.bodyCoding().decoding(body);
        if (request.blocksIn()) {
            decoded = new BlockInputStream(decoded);
        }
        if (!request.query().isEmpty()) {
            byte[] url = (request.query() + "\n").getBytes(StandardCharsets.UTF_8);
            decoded = new SequenceInputStream(new ByteArrayInputStream(url), decoded);
        }
        return statement(decoded, Math.max(MAX_QUERY_BYTES, maxQueryBytes()));
    }

    private int maxQueryBytes() {
        try {
            return Integer.parseInt(request.settings().getOrDefault("max_query_size", "0"));
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }

    private static StatementAndData statement(InputStream in, int maxBytes) throws IOException {
        byte[] text = new byte[1 << 13];
        int size = 0;
        int nextTry = 1;
        while (true) {
            int count = in.read(text, size, text.length - size);
            boolean complete = count < 0;
            size += Math.max(0, count);
            if (complete || size >= nextTry) {
                Optional<Statement> statement = Statement.parse(text, size, complete);
                if (statement.isPresent()) {
                    return new StatementAndData(statement.get(), data(statement.get(), text, size, in));
                }
                nextTry = size * 2;
            }
            if (size >= maxBytes) {
                throw new EngineException(ErrorCode.SYNTAX_ERROR, "Syntax error: Max query size exceeded");
            }
            if (size == text.length) {
                text = Arrays.copyOf(text, size * 2);
            }
        }
    }

    private static InputStream data(Statement statement, byte[] text, int size, InputStream rest) {
        return switch (statement) {
            case Statement.Insert(MemorySegment head, String format, int start) ->
                new SequenceInputStream(new ByteArrayInputStream(text, start, size - start), rest);
            case Statement.Whole whole -> rest;
        };
    }

    private record StatementAndData(Statement statement, InputStream data) {}

    /** Takes a result while it is still in the engine's memory. */
    @FunctionalInterface
    interface Answer {
        void send(QueryResult result, String format) throws IOException;
    }
}
