package dev.quarry.bench;

import dev.quarry.engine.EngineProcess;
import dev.quarry.schema.AcceptedTimes;
import dev.quarry.schema.ClickHouseAddress;
import dev.quarry.schema.IngestSettings;
import dev.quarry.schema.Migrator;
import dev.quarry.schema.MigratorSettings;
import dev.quarry.schema.PostgresAddress;
import dev.quarry.schema.Retention;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Real stores with the migrations, and packaged services and other programs that read them, for one measurement. */
final class Stage implements AutoCloseable {
    static final String ORGANIZATION = "big";

    private static final String DATABASE = "quarry";
    private static final String KEY = "bench_0123456789abcdef";
    /** Requests to warm up the JVMs of the service and of the engine. */
    private static final int WARM_UP = 150;

    private static final int RUNS = 25;
    private static final int RAW_WARM_UP = 1;
    private static final int RAW_RUNS = 5;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path directory;
    private final EngineProcess engine;
    private final EmbeddedPostgres postgres;
    private final String jdbc;
    private final List<ServiceProcess> others = new ArrayList<>();
    private ServiceProcess service;
    private boolean cachesAnswers;

    private Stage(Path root, String module, String permission) throws Exception {
        directory = Files.createTempDirectory("quarry-bench");
        engine = EngineProcess.start(
                EngineProcess.Options.at(directory.resolve("engine")).withSettings(IngestSettings.all()));
        postgres = EmbeddedPostgres.start();
        jdbc = postgres.getJdbcUrl("postgres", "postgres");
        Migrator.migrate(new MigratorSettings(
                new ClickHouseAddress(engine.url(), DATABASE, "default", ""),
                new PostgresAddress(jdbc, "postgres", "postgres"),
                Retention.longest(),
                AcceptedTimes.widest()));
        postgres("INSERT INTO organizations (organization_id, name) VALUES ('%s', 'Bench')".formatted(ORGANIZATION));
        admit(ORGANIZATION, KEY, permission);
        start(Packaging.jar(root, module));
    }

    static Stage set(Path root, String module, String permission) throws Exception {
        return new Stage(root, module, permission);
    }

    /** A stage with the bench's data, on which no rollup job runs any more. */
    static Stage filled(Path root, Bench bench) throws Exception {
        Stage stage = set(root, bench.service(), bench.permission());
        try {
            bench.fill(stage);
            stage.stop();
            return stage;
        } catch (Exception failed) {
            stage.close();
            throw failed;
        }
    }

    /** Sets whether services that start from now on cache answers; false at first, so that each answer is read. */
    void cacheAnswers(boolean cache) {
        cachesAnswers = cache;
    }

    /** Replaces the running service by another one, and waits until it is ready. */
    void start(Packaging packaging) throws IOException, InterruptedException {
        awaitReady(launch(packaging));
    }

    /**
     * Starts one more service next to those that run, and waits until it is ready. It does not run the rollup job, so
     * that it uses the engine for requests only. It ends with this stage.
     *
     * @param settings override those of the stage
     */
    ServiceProcess startBeside(Packaging packaging, boolean cached, Map<String, String> settings)
            throws IOException, InterruptedException {
        Map<String, String> environment = environment(cached);
        environment.put("QUARRY_ROLLUP_ENABLED", "false");
        environment.putAll(settings);
        ServiceProcess started = begin(packaging, environment);
        awaitReady(started);
        return started;
    }

    /** Starts any program that listens on the port that the variable {@code PORT} names. It ends with this stage. */
    ServiceProcess startProgram(Packaging packaging, Map<String, String> environment)
            throws IOException, InterruptedException {
        ServiceProcess started = begin(packaging, environment);
        started.awaitListening();
        return started;
    }

    private ServiceProcess begin(Packaging packaging, Map<String, String> environment) throws IOException {
        Path log = Files.createTempFile(directory, "program", ".log");
        ServiceProcess started = ServiceProcess.start(packaging, environment, log);
        others.add(started);
        return started;
    }

    private void awaitReady(ServiceProcess starting) throws IOException, InterruptedException {
        while (!answers(starting.url("/q/health/ready"))) {
            starting.requireStarting();
            Thread.sleep(100);
        }
    }

    /** Replaces the running service by another one, without waiting for it. */
    ServiceProcess launch(Packaging packaging) throws IOException {
        stop();
        service = ServiceProcess.start(packaging, environment(cachesAnswers), directory.resolve("service.log"));
        return service;
    }

    ServiceProcess service() {
        return service;
    }

    /** Ends the running service. */
    void stop() {
        if (service != null) {
            service.close();
            service = null;
        }
    }

    /** The service's URL of a path with its query. */
    URI url(String path) {
        return service.url(path);
    }

    String engineUrl() {
        return engine.url();
    }

    /** The engine's URL of a path with its query. */
    URI engineUrl(String path) {
        return URI.create(engine.url() + path);
    }

    long enginePid() {
        return engine.pid();
    }

    /** The process id of PostgreSQL's first process. */
    long postgresPid() throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbc, "postgres", "postgres");
                Statement statement = connection.createStatement();
                ResultSet file =
                        statement.executeQuery("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)")) {
            file.next();
            return Long.parseLong(file.getString(1).strip());
        }
    }

    /** The versions of the stores. */
    String versions() throws IOException, InterruptedException, SQLException {
        try (Connection connection = DriverManager.getConnection(jdbc, "postgres", "postgres")) {
            return "ClickHouse %s, PostgreSQL %s"
                    .formatted(
                            sql("SELECT version()").strip(),
                            connection.getMetaData().getDatabaseProductVersion());
        }
    }

    /** Headers of every request. */
    static Map<String, String> headers() {
        return Map.of("x-api-key", KEY, "Authorization", "Bearer " + KEY);
    }

    /** Runs a statement on the engine, and answers in tab-separated lines. */
    String sql(String statement) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(engine.url() + "/?database=" + DATABASE))
                .POST(HttpRequest.BodyPublishers.ofString(statement))
                .build();
        var answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(answer.body());
        }
        return answer.body();
    }

    /** Runs statements on PostgreSQL. */
    void postgres(String statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbc, "postgres", "postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(statements);
        }
    }

    /** Whether the service already answers a path with its query. */
    boolean answers(String path) throws InterruptedException {
        return answers(url(path));
    }

    private boolean answers(URI url) throws InterruptedException {
        try {
            return http.send(Load.Request.get(url, headers()).http(), BodyHandlers.ofString())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** An answer of the service, for a path with its query. */
    String get(String path) throws IOException, InterruptedException {
        return get(url(path));
    }

    String get(URI url) throws IOException, InterruptedException {
        var answer = http.send(Load.Request.get(url, headers()).http(), BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(url + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    /** Median milliseconds of a statement, warm. */
    double medianOfSql(String statement) throws Exception {
        return median(RAW_WARM_UP, RAW_RUNS, () -> sql(statement));
    }

    /** Median milliseconds of a query to PostgreSQL, warm. */
    double medianOfPostgres(String query) throws Exception {
        try (Connection connection = DriverManager.getConnection(jdbc, "postgres", "postgres");
                Statement statement = connection.createStatement()) {
            return median(RAW_WARM_UP, RAW_RUNS, () -> {
                try (ResultSet rows = statement.executeQuery(query)) {
                    return Boolean.toString(rows.next());
                }
            });
        }
    }

    /** Median milliseconds of a request to the service over HTTP, warm. */
    double medianOfGet(String path) throws Exception {
        return median(WARM_UP, RUNS, () -> get(path));
    }

    /** Median milliseconds of the engine's share in a request, warm, by the service's {@code Server-Timing}. */
    double medianOfEngine(String path) throws IOException, InterruptedException {
        double[] shares = new double[WARM_UP + RUNS];
        for (int i = 0; i < shares.length; i++) {
            var answer = http.send(Load.Request.get(url(path), headers()).http(), BodyHandlers.ofString());
            String timing = answer.headers().firstValue("Server-Timing").orElseThrow();
            shares[i] = Double.parseDouble(timing.replaceFirst("engine;dur=([0-9.]+),.*", "$1"));
        }
        return median(Arrays.copyOfRange(shares, WARM_UP, shares.length));
    }

    /** Runs a statement on PostgreSQL, for example to insert an app. */
    void inPostgres(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        postgres.getJdbcUrl("postgres", "postgres"), "postgres", "postgres");
                var prepared = connection.prepareStatement(statement)) {
            prepared.executeUpdate();
        }
    }

    /** Waits until the service's rollup job has rebuilt all dirty buckets. */
    void awaitRollupJob(String marks) throws IOException, InterruptedException {
        while (!sql("SELECT count() FROM %s FINAL WHERE sign = 1".formatted(marks))
                .strip()
                .equals("0")) {
            Thread.sleep(Duration.ofSeconds(1));
        }
    }

    /** Waits until the engine has stopped merging for a while. */
    void awaitMerges() throws IOException, InterruptedException {
        for (int quiet = 0; quiet < 5; quiet++) {
            if (!sql("SELECT count() FROM system.merges").strip().equals("0")) {
                quiet = 0;
            }
            Thread.sleep(Duration.ofSeconds(1));
        }
    }

    /** Merges every partition of every table into one part. */
    void mergeAll() throws IOException, InterruptedException {
        String tables = sql("SELECT name FROM system.tables WHERE database = '%s' AND engine LIKE '%%MergeTree'"
                .formatted(DATABASE));
        for (String table : tables.lines().toList()) {
            sql("OPTIMIZE TABLE " + table + " FINAL");
        }
    }

    @Override
    public void close() throws IOException {
        stop();
        others.forEach(ServiceProcess::close);
        engine.close();
        postgres.close();
        delete(directory);
    }

    /** Deletes a directory with everything in it. */
    static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private Map<String, String> environment(boolean cached) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "QUARKUS_DATASOURCE_REACTIVE_URL",
                        jdbc.substring("jdbc:".length()).replaceFirst("\\?.*", ""),
                "QUARKUS_DATASOURCE_USERNAME", "postgres",
                "QUARKUS_DATASOURCE_PASSWORD", "postgres",
                "QUARRY_CLICKHOUSE_URL", engine.url(),
                "QUARRY_RATE_LIMIT_REQUESTS", "1000000",
                "QUARRY_APPS_TAIL_MOST_PER_ORGANIZATION", "500",
                "QUARRY_ROLLUP_INTERVAL", "1s",
                "QUARRY_ROLLUP_GRACE", "10s"));
        if (!cached) {
            environment.put("QUARRY_ANSWER_CACHE_BYTES", "0");
        }
        return environment;
    }

    /** Adds a key of an organisation. */
    void admit(String organization, String key, String permission) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        try (Connection connection = DriverManager.getConnection(jdbc, "postgres", "postgres")) {
            execute(connection, """
                    INSERT INTO api_keys (key_id, organization_id, name, prefix, key_sha256, permissions)
                    VALUES (?, ?, 'Bench', 'bench_', ?, ?)
                    """, key, organization, hash, connection.createArrayOf("text", new String[] {permission
            }));
        }
    }

    private static void execute(Connection connection, String sql, Object... values) throws Exception {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    @FunctionalInterface
    interface Measured {
        String run() throws Exception;
    }

    private static double median(int warmUp, int runs, Measured measured) throws Exception {
        for (int i = 0; i < warmUp; i++) {
            measured.run();
        }
        double[] each = new double[runs];
        for (int i = 0; i < runs; i++) {
            each[i] = millis(measured);
        }
        return median(each);
    }

    static double median(double[] each) {
        double[] ascending = each.clone();
        Arrays.sort(ascending);
        return ascending[ascending.length / 2];
    }

    /** The duration in milliseconds. */
    static double millis(Measured measured) throws Exception {
        long start = System.nanoTime();
        measured.run();
        return (System.nanoTime() - start) / 1e6;
    }
}
