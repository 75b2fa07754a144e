package dev.quarry.postgres;

import dev.quarry.error.FailureException;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** A read that PostgreSQL works on. */
public final class PendingRead<T> {
    private final Uni<T> answer;

    private PendingRead(Uni<T> answer) {
        this.answer = answer;
    }

    /** Sends the statement. */
    static <T> PendingRead<T> of(Uni<T> statement) {
        CompletableFuture<T> sent = statement.subscribeAsCompletionStage();
        return new PendingRead<>(Uni.createFrom().completionStage(sent));
    }

    /** The same read with another answer; {@code mapping} may throw instead. */
    public <R> PendingRead<R> map(Function<T, R> mapping) {
        return new PendingRead<>(answer.map(mapping));
    }

    /**
     * Waits for the answer.
     *
     * @throws FailureException as {@link Postgres} describes
     */
    public T await() {
        return answer.await().indefinitely();
    }

    /**
     * Does other work while PostgreSQL is busy, and then waits for PostgreSQL's answer. If both fail, throws the failure
     * of the read, as if the work had begun after it.
     */
    public <R> R during(Supplier<R> work) {
        R done;
        try {
            done = work.get();
        } catch (RuntimeException failed) {
            var _ = await();
            throw failed;
        }
        var _ = await();
        return done;
    }
}
