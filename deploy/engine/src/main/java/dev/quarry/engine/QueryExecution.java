package dev.quarry.engine;

import dev.quarry.engine.Engine.Marked;
import dev.quarry.engine.RunningQueries.RunningQuery;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Runs the statement of one request on the engine, on a thread that may block. */
final class QueryExecution {
    /** ClickHouse's {@code max_query_size}: the maximum length of a statement, without inserted data. */
    private static final int MAX_QUERY_BYTES = 262_144;

    private final Engine engine;
    private final QueryRequest request;
    private final Optional<String> role;
    private final RunningQuery running;

    /** @param role the role whose rights the statement has; empty for all rights */
    QueryExecution(Engine engine, QueryRequest request, Optional<String> role, RunningQuery running) {
        this.engine = engine;
        this.request = request;
        this.role = role;
        this.running = running;
    }

    /**
     * Runs the statement and answers.
     *
     * @param body the request's body, read from the network
     * @throws EngineException if the engine or this server refuses the statement or fails
     * @throws IOException if the client disconnects
     */
    void run(InputStream body, Answer answer) throws IOException {
        try (Marked marked = engine.open()) {
            running.runOn(marked.mark());
            role.ifPresent(marked.connection()::restrictTo);
            request.database().ifPresent(marked.connection()::use);
            marked.connection().set(settings());
            execute(marked.connection(), statement(body), answer);
        }
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

    /** The statement is the URL's parameter followed by the body, as in ClickHouse. */
    private StatementAndData statement(InputStream body) throws IOException {
        InputStream text = request.blocksIn() ? new BlockInputStream(body) : body;
        if (!request.query().isEmpty()) {
            byte[] url = (request.query() + "\n").getBytes(StandardCharsets.UTF_8);
            text = new SequenceInputStream(new ByteArrayInputStream(url), text);
        }
        return statement(text, Math.max(MAX_QUERY_BYTES, maxQueryBytes()));
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

    /** Receives a result while it is in the engine's memory. */
    @FunctionalInterface
    interface Answer {
        void send(QueryResult result, String format) throws IOException;
    }
}
