package dev.quarry.testing;

/** The engine that {@link Stores} started, or the ClickHouse server that it was told to use; it can be killed and brought back. */
public final class TestEngine {
    static final String DATABASE = "quarry_test_" + ProcessHandle.current().pid();
    static final String USER = System.getenv().getOrDefault("QUARRY_CLICKHOUSE_USER", "default");

    private TestEngine() {}

    static String url() {
        return System.getenv("QUARRY_CLICKHOUSE_URL");
    }

    static String password() {
        return System.getenv().getOrDefault("QUARRY_CLICKHOUSE_PASSWORD", "");
    }

    static void start() {}

    public static void kill() {}

    public static void restart() {}
}
