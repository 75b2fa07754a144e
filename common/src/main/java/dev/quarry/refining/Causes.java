package dev.quarry.refining;

import com.clickhouse.client.api.ServerException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which mistakes of our own were logged with their stack already. A store that is away or overloaded is no mistake. */
final class Causes {
    private static final int MOST = 1_000;

    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /** Whether this is a mistake of ours whose like was not seen before. */
    boolean isNewMistake(RuntimeException failed) {
        if (failed instanceof RefiningException refining && !refining.isOurMistake()) {
            return false;
        }
        return logged.size() < MOST && logged.add(like(failed));
    }

    private static String like(Throwable failed) {
        Throwable root = failed;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof ServerException answered) {
            return "engine " + answered.getCode();
        }
        StackTraceElement[] stack = root.getStackTrace();
        return root.getClass().getName() + (stack.length == 0 ? "" : " " + stack[0]);
    }
}
