package dev.quarry.cache;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouseConfiguration;
import dev.quarry.clickhouse.RetentionView;
import dev.quarry.error.AbandonedException;
import dev.quarry.request.RequestContext;
import dev.quarry.retention.DataSince;
import dev.quarry.rollup.Freshness;
import dev.quarry.rollup.Revision;
import dev.quarry.rollup.RollupConfiguration;
import dev.quarry.tabular.EncodedTable;
import dev.quarry.tabular.TableAnswers;
import dev.quarry.tabular.TableFormat;
import dev.quarry.tabular.Tabular;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * Reuses an answer of an organisation until the rollup job changes the organisation's silver or gold. Every new event
 * marks its bucket, and the job announces a new revision of the organisation together with its progress. As long as a
 * replica knows no newer revision, the answer counts every event that its {@link Freshness#HEADER} promises. An answer
 * does not expire by time.
 *
 * <p>Requests for the same answer at the same time share one execution. If the replica does not know the revision,
 * because PostgreSQL is unreachable or no pass has ended yet, it asks the engine.
 */
@ApplicationScoped
@Startup
public class AnswerCache {
    private final Freshness freshness;
    private final RetentionView retention;
    private final DataSince since;
    private final Clock clock;
    private final ObjectMapper json;
    private final TableAnswers tables;
    private final RepeatedRequests repeated;
    private final long bytes;
    private final long organizationBytes;
    private final Duration replicaDelay;
    private final Cache<String, OrganizationAnswers> organizations;
    private final Map<Execution, CompletableFuture<CachedAnswer>> running = new ConcurrentHashMap<>();
    private final Counter hits;
    private final Counter misses;
    private final Counter shared;
    private final Counter unknown;
    private final Counter evictions;

    private record Execution(String organization, Revision revision, Question question) {}

    AnswerCache(
            Freshness freshness,
            RetentionView retention,
            DataSince since,
            Clock clock,
            ObjectMapper json,
            TableAnswers tables,
            RepeatedRequests repeated,
            AnswerCacheConfiguration configuration,
            ClickHouseConfiguration clickHouse,
            RollupConfiguration rollup,
            MeterRegistry meters) {
        this.freshness = freshness;
        this.retention = retention;
        this.since = since;
        this.clock = clock;
        this.json = json;
        this.tables = tables;
        this.repeated = repeated;
        this.bytes = configuration.bytes();
        // The cache weighs an organisation with an int.
        this.organizationBytes = Math.min(Math.round(bytes * configuration.organizationShare()), Integer.MAX_VALUE);
        this.replicaDelay = clickHouse.cluster().isPresent() ? rollup.replicaDelay() : Duration.ZERO;
        this.hits = requests(meters, "hit");
        this.misses = requests(meters, "miss");
        this.shared = requests(meters, "shared");
        this.unknown = requests(meters, "unknown");
        this.evictions = meters.counter("quarry.answer.cache.evictions");
        this.organizations = Caffeine.newBuilder()
                .maximumWeight(bytes)
                .weigher((String organization, OrganizationAnswers answers) -> Math.toIntExact(answers.size()))
                .evictionListener((organization, answers, cause) -> evictions.increment(answers.count()))
                .build();
        meters.gauge(
                "quarry.answer.cache.bytes",
                organizations,
                cached ->
                        cached.policy().eviction().orElseThrow().weightedSize().orElse(0));
    }

    private static Counter requests(MeterRegistry meters, String result) {
        return meters.counter("quarry.answer.cache.requests", "result", result);
    }

    /**
     * Answers with JSON, or with the format that the client prefers if the answer is {@link Tabular}. The same request
     * may be answered again without its endpoint.
     *
     * @param parameters a value with all parameters of the endpoint; equal for requests that have the same answer, and
     *     for the same request throughout a minute
     * @param read reads the answer if it is not cached; may set {@link DataSince}
     */
    public <T> RestResponse<T> answer(Caller caller, Object parameters, Supplier<T> read) {
        return respond(caller, parameters, () -> RestResponse.ok(read.get()));
    }

    /**
     * As {@link #answer}, for an endpoint that refuses requests for reasons besides the caller and the parameters.
     *
     * @param isAllowed whether the same request may be answered without its endpoint; must not block
     */
    public <T> RestResponse<T> answer(Caller caller, Object parameters, BooleanSupplier isAllowed, Supplier<T> read) {
        return respond(caller, parameters, isAllowed, () -> RestResponse.ok(read.get()));
    }

    /**
     * As {@link #answer}, for an endpoint that sets headers. The status must be 200. The endpoint may encode its table
     * itself, in the format that {@link TableAnswers#wanted} names.
     */
    public <T> RestResponse<T> respond(Caller caller, Object parameters, Supplier<RestResponse<T>> read) {
        return respond(caller, parameters, () -> true, read);
    }

    private <T> RestResponse<T> respond(
            Caller caller, Object parameters, BooleanSupplier isAllowed, Supplier<RestResponse<T>> read) {
        Optional<TableFormat> format = tables.wanted();
        Supplier<CachedAnswer> execution = () -> encode(format, read.get());
        Optional<Revision> revision = bytes > 0 ? freshness.revision(caller.organization()) : Optional.empty();
        CachedAnswer answer;
        if (revision.isPresent()) {
            Question question = question(parameters, format);
            answer = find(caller.organization(), revision.get(), question, execution);
            repeated.remember(caller, question, isAllowed);
        } else {
            unknown.increment();
            answer = execution.get();
        }
        answer.dataSince().ifPresent(since::tell);
        return response(answer);
    }

    /** Adds the {@code ETag} to an answer that is read for each request, because it depends on other data too. */
    public <T> RestResponse<T> uncached(RestResponse<T> read) {
        return response(encode(tables.wanted(), read));
    }

    /** The cached answer to a question that was asked in this minute; empty if the answer may have changed. */
    Optional<CachedAnswer> cached(String organization, Question question) {
        // The question's day is today: RepeatedRequests knows a question for its minute only.
        return question.retention().equals(retention.spans())
                ? freshness.revision(organization).flatMap(revision -> cached(organization, revision, question))
                : Optional.empty();
    }

    /** Counts a hit if there is an answer. */
    private Optional<CachedAnswer> cached(String organization, Revision revision, Question question) {
        OrganizationAnswers answers = organizations.getIfPresent(organization);
        Optional<CachedAnswer> answer =
                answers != null && answers.isOf(revision) ? answers.get(question) : Optional.empty();
        if (answer.isPresent()) {
            hits.increment();
        }
        return answer;
    }

    private Question question(Object parameters, Optional<TableFormat> format) {
        String path = RequestContext.current().map(RequestContext::path).orElse("");
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        return new Question(path, parameters, format, today, retention.spans());
    }

    private CachedAnswer find(
            String organization, Revision revision, Question question, Supplier<CachedAnswer> execution) {
        return cached(organization, revision, question)
                .orElseGet(() -> share(new Execution(organization, revision, question), execution));
    }

    /** Executes, or waits for the same execution by another request. */
    private CachedAnswer share(Execution execution, Supplier<CachedAnswer> read) {
        var mine = new CompletableFuture<CachedAnswer>();
        CompletableFuture<CachedAnswer> others = running.putIfAbsent(execution, mine);
        if (others != null) {
            shared.increment();
            try {
                return await(others);
            } catch (AbandonedException othersClientHasGone) {
                return share(execution, read);
            }
        }
        misses.increment();
        // On a cluster, a replica of the engine may lack what the rollup job wrote just before the revision.
        boolean everyReplicaHasIt = execution.revision().isOlderThan(replicaDelay);
        try {
            CachedAnswer answer = read.get();
            if (everyReplicaHasIt) {
                keep(execution, answer);
            }
            mine.complete(answer);
            return answer;
        } catch (RuntimeException | Error failed) {
            // First removed, so that whoever executes again does not wait for this execution again.
            running.remove(execution, mine);
            mine.completeExceptionally(failed);
            throw failed;
        } finally {
            running.remove(execution, mine);
        }
    }

    private static CachedAnswer await(CompletableFuture<CachedAnswer> others) {
        try {
            return others.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failed;
        }
    }

    private void keep(Execution execution, CachedAnswer answer) {
        Revision revision = execution.revision();
        organizations.asMap().compute(execution.organization(), (organization, before) -> {
            if (freshness.revision(organization).filter(revision::equals).isEmpty()) {
                return before;
            }
            OrganizationAnswers answers = before != null && before.isOf(revision)
                    ? before
                    : new OrganizationAnswers(revision, organizationBytes);
            evictions.increment(answers.put(execution.question(), answer));
            return answers;
        });
    }

    private CachedAnswer encode(Optional<TableFormat> format, RestResponse<?> response) {
        Map<String, String> headers = new HashMap<>();
        response.getHeaders()
                .forEach((name, values) -> headers.put(name, values.getFirst().toString()));
        Optional<EncodedTable> table = switch (response.getEntity()) {
            case EncodedTable encoded -> Optional.of(encoded);
            case Tabular answer -> format.map(wanted -> tables.encode(wanted, answer.table()));
            default -> Optional.empty();
        };
        return table.map(encoded ->
                        new CachedAnswer(encoded.bytes(), encoded.format().contentType(), headers, since.told()))
                .orElseGet(() -> new CachedAnswer(
                        json(response.getEntity()), MediaType.APPLICATION_JSON, headers, since.told()));
    }

    private byte[] json(Object answer) {
        try {
            return json.writeValueAsBytes(answer);
        } catch (JsonProcessingException unserialisable) {
            throw new IllegalStateException(unserialisable);
        }
    }

    /** {@link CachedAnswerFilter} sends the bytes; {@code T} is what the API's document describes. */
    @SuppressWarnings("unchecked")
    private static <T> RestResponse<T> response(CachedAnswer answer) {
        var response = RestResponse.ResponseBuilder.ok((T) answer);
        answer.headers().forEach(response::header);
        return response.build();
    }
}
