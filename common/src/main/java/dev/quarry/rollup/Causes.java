package dev.quarry.rollup;

import com.clickhouse.client.api.ServerException;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers which bugs were logged with their stack trace already. An unreachable or overloaded store is not a bug, nor is
 * the stop of the service, which interrupts.
 */
final class Causes {
    private static final int MOST = 1_000;

    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /** Whether this failure is a bug of ours, of a kind that was not logged before. */
    boolean isNewMistake(RuntimeException failed) {
        if (failed instanceof RollupException rollup && !rollup.isOurMistake()) {
            return false;
        }
        if (failed instanceof FailureException told && !(told.failure() instanceof Failure.Internal)) {
            return false;
        }
        if (root(failed) instanceof InterruptedException) {
            return false;
        }
        return logged.size() < MOST && logged.add(like(failed));
    }

    private static String like(Throwable failed) {
        Throwable root = root(failed);
        if (root instanceof ServerException answered) {
            return "engine " + answered.getCode();
        }
        StackTraceElement[] stack = root.getStackTrace();
        return root.getClass().getName() + (stack.length == 0 ? "" : " " + stack[0]);
    }

    private static Throwable root(Throwable failed) {
        Throwable root = failed;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
