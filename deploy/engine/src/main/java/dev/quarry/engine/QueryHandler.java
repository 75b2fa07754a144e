package dev.quarry.engine;

import dev.quarry.engine.NativeLibrary.Statistics;
import dev.quarry.engine.RunningQueries.RunningQuery;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** ClickHouse's HTTP interface. It reads a request on the event loop, and runs the statement on a worker thread. */
final class QueryHandler implements Handler<HttpServerRequest> {
    private static final Logger LOG = System.getLogger(QueryHandler.class.getName());

    private static final String OK = "Ok.\n";
    private static final String TEXT = "text/plain; charset=UTF-8";

    private final Engine engine;
    private final RunningQueries queries;
    private final Authentication authentication;
    private final Executor workers;
    private volatile boolean stopping;

    QueryHandler(Engine engine, RunningQueries queries, Authentication authentication, Executor workers) {
        this.engine = engine;
        this.queries = queries;
        this.authentication = authentication;
        this.workers = workers;
    }

    /** Refuses all queries from now on. */
    void stop() {
        stopping = true;
    }

    @Override
    public void handle(HttpServerRequest request) {
        HttpMethod method = request.method();
        boolean reading = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
        switch (request.path()) {
            case "/ping", "/replicas_status" -> text(request, stopping ? 503 : 200, stopping ? "Stopping.\n" : OK);
            case "/", "/query" -> {
                if (reading && request.query() == null) {
                    text(request, 200, OK);
                } else if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.POST)) {
                    query(request);
                } else if (method.equals(HttpMethod.OPTIONS)) {
                    request.response().setStatusCode(204).end();
                } else {
                    request.response().putHeader("Allow", "GET, POST");
                    text(request, 405, "Use GET or POST to run a query.\n");
                }
            }
            default ->
                text(
                        request,
                        404,
                        "There is no handle " + request.path()
                                + "\n\nUse / or /ping for health checks.\nSend queries from your program with POST"
                                + " method or GET /?query=...\n");
        }
    }

    private static void text(HttpServerRequest request, int status, String text) {
        Buffer body = Buffer.buffer(text);
        HttpServerResponse response = request.response().setStatusCode(status).putHeader("Content-Type", TEXT);
        if (request.method().equals(HttpMethod.HEAD)) {
            response.putHeader("Content-Length", Integer.toString(body.length()))
                    .end();
        } else {
            response.end(body);
        }
    }

    private void query(HttpServerRequest request) {
        RequestBody body = new RequestBody(request);
        try {
            Map<String, String> url = QueryRequest.urlParameters(request);
            Optional<String> role = authentication.check(request, url);
            if (stopping) {
                throw new EngineException(ErrorCode.ABORTED, "The server stops");
            }
            if (request.method().equals(HttpMethod.POST) && !hasLength(request)) {
                throw new EngineException(
                        ErrorCode.HTTP_LENGTH_REQUIRED,
                        "The Transfer-Encoding is not chunked and there is no Content-Length header for POST request");
            }
            QueryRequest parsed = QueryRequest.of(request, url);
            RunningQuery running = queries.start(parsed.queryId());
            CompletableFuture<Void> gone = new CompletableFuture<>();
            request.response().closeHandler(ignored -> {
                gone.complete(null);
                queries.cancel(running);
            });
            try {
                workers.execute(() -> run(request.response(), parsed, role, running, body, gone));
            } catch (RejectedExecutionException full) {
                queries.finish(running);
                queries.answered(running);
                throw new EngineException(ErrorCode.TOO_MANY_SIMULTANEOUS_QUERIES, "Too many simultaneous queries");
            }
        } catch (EngineException refused) {
            fail(request.response(), refused);
            body.discard();
        } catch (IllegalArgumentException malformed) {
            fail(
                    request.response(),
                    new EngineException(ErrorCode.BAD_ARGUMENTS, "The URL's parameters are malformed"));
            body.discard();
        }
    }

    private static boolean hasLength(HttpServerRequest request) {
        return request.getHeader("Content-Length") != null || request.getHeader("Transfer-Encoding") != null;
    }

    private void run(
            HttpServerResponse response,
            QueryRequest request,
            Optional<String> role,
            RunningQuery running,
            RequestBody body,
            CompletableFuture<Void> closed) {
        response.putHeader("X-ClickHouse-Query-Id", request.queryId());
        ResponseBody answer = new ResponseBody(response, closed);
        Optional<EngineException> failure = execute(response, request, role, running, body, answer);
        // Frees the place before the last byte is sent, so that a client may reuse the query id once it has the answer.
        queries.finish(running);
        try {
            if (failure.isPresent()) {
                fail(response, failure.get());
            } else {
                answer.end();
            }
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "A client disconnected", gone);
        } finally {
            body.discard();
            queries.answered(running);
        }
    }

    private Optional<EngineException> execute(
            HttpServerResponse response,
            QueryRequest request,
            Optional<String> role,
            RunningQuery running,
            RequestBody body,
            ResponseBody answer) {
        try {
            new QueryExecution(engine, request, role, running)
                    .run(body, (result, format) -> send(response, request, result, format, answer));
            return Optional.empty();
        } catch (EngineException failure) {
            return Optional.of(failure);
        } catch (ClientGoneException gone) {
            return Optional.of(new EngineException(ErrorCode.NETWORK_ERROR, "The client disconnected"));
        } catch (IOException broken) {
            return Optional.of(new EngineException(ErrorCode.NETWORK_ERROR, "The connection failed"));
        } catch (RuntimeException | Error defect) {
            LOG.log(Level.ERROR, "A request failed", defect);
            return Optional.of(new EngineException(ErrorCode.UNKNOWN_EXCEPTION, "The server failed: " + defect));
        }
    }

    private void send(
            HttpServerResponse response, QueryRequest request, QueryResult result, String format, ResponseBody answer)
            throws IOException {
        common(response)
                .putHeader("X-ClickHouse-Summary", summary(result.statistics()))
                .putHeader("X-ClickHouse-Format", format)
                .putHeader("Content-Type", contentType(format));
        if (request.blocksOut()) {
            response.setChunked(true);
            try (OutputStream blocks = new BlockOutputStream(answer, request.blockMethod())) {
                result.writeTo(blocks);
            }
        } else {
            response.putHeader("Content-Length", Long.toString(result.length()));
            result.writeTo(answer);
        }
    }

    private void fail(HttpServerResponse response, EngineException failure) {
        if (response.headWritten()) {
            // The status is sent already: a reset tells the client that the answer is not complete.
            response.reset();
            return;
        }
        if (response.closed() || response.ended()) {
            return;
        }
        String message = failure.getMessage();
        response.headers().remove("Content-Length");
        common(response)
                .setStatusCode(failure.status())
                .putHeader("X-ClickHouse-Exception-Code", Integer.toString(failure.code()))
                .putHeader("Content-Type", TEXT)
                .end((message.contains("(version ") ? message : message + " (version " + engine.version() + ")")
                        + "\n");
    }

    private HttpServerResponse common(HttpServerResponse response) {
        return response.putHeader("X-ClickHouse-Server-Display-Name", "quarry-engine")
                .putHeader("X-ClickHouse-Timezone", engine.timeZone());
    }

    private static String summary(Statistics statistics) {
        return """
                {"read_rows":"%d","read_bytes":"%d","written_rows":"%d","written_bytes":"%d",\
                "total_rows_to_read":"%d","result_rows":"%d","result_bytes":"%d","elapsed_ns":"%d"}""".formatted(
                        statistics.readRows(),
                        statistics.readBytes(),
                        statistics.writtenRows(),
                        statistics.writtenBytes(),
                        statistics.readRows(),
                        statistics.resultRows(),
                        statistics.resultBytes(),
                        (long) (statistics.elapsedSeconds() * 1e9));
    }

    /** {@return ClickHouse's content type of the usual formats} */
    private static String contentType(String format) {
        return switch (format.toUpperCase(Locale.ROOT)) {
            case "JSON", "JSONCOMPACT", "JSONSTRINGS", "JSONCOMPACTSTRINGS", "JSONCOLUMNS", "JSONOBJECTEACHROW" ->
                "application/json; charset=UTF-8";
            case "JSONEACHROW", "NDJSON", "JSONLINES", "JSONCOMPACTEACHROW", "JSONSTRINGSEACHROW" ->
                "application/x-ndjson; charset=UTF-8";
            case "TABSEPARATED", "TSV", "TABSEPARATEDWITHNAMES", "TSVWITHNAMES", "TABSEPARATEDWITHNAMESANDTYPES" ->
                "text/tab-separated-values; charset=UTF-8";
            case "CSV" -> "text/csv; charset=UTF-8; header=absent";
            case "CSVWITHNAMES", "CSVWITHNAMESANDTYPES" -> "text/csv; charset=UTF-8; header=present";
            case "XML" -> "application/xml; charset=UTF-8";
            case "NATIVE",
                    "ROWBINARY",
                    "ROWBINARYWITHNAMES",
                    "ROWBINARYWITHNAMESANDTYPES",
                    "PARQUET",
                    "ARROW",
                    "ARROWSTREAM",
                    "ORC",
                    "AVRO",
                    "MSGPACK" -> "application/octet-stream";
            default -> TEXT;
        };
    }
}
