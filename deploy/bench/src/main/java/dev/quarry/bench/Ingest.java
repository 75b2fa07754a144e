package dev.quarry.bench;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Measures how many events a second the engine takes, and how long after its insert an event is in an answer. */
final class Ingest implements Part {
    private static final long SEED = 17;
    private static final int WRITERS = 2;
    private static final int BATCH = 10_000;
    private static final int USERS = 100_000;
    private static final int STEADY_BATCH = 1_000;
    /** With {@link #STEADY_BATCH}, 10,000 events a second. */
    private static final int STEADY_PAUSE_MILLIS = 100;

    private static final int PROBES_A_ROUND = 20;
    private static final int PROBERS = 10;
    private static final int POLL_MILLIS = 50;
    private static final long PROBE_TIMEOUT_NANOS = 300_000_000_000L;
    private static final LocalDate FIRST_PROBED_DAY = LocalDate.of(2026, 1, 1);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC);
    private static final String INSERT =
            "INSERT INTO events (organization_id, event_id, time, user_id, session_id, kind, tool) FORMAT"
                    + " JSONEachRow\n";
    private static final Pattern VALUE = Pattern.compile("\"value\":(\\d+)");

    private final MetricsBench bench = new MetricsBench();

    @Override
    public String name() {
        return "ingest";
    }

    @Override
    public String title() {
        return "Ingest to answer";
    }

    @Override
    public String text() {
        return """
            Two clients on the same machine insert batches of 10,000 events of the last hour, in JSON, as fast as they can. \
            Then, while 10,000 events a second are inserted and one client reads all endpoints of product metrics in turn, \
            single events are inserted on other days. Freshness is the time from the engine's acknowledgement until an \
            answer counts the event. The service has its default settings: the rollup job pauses for 5 s between passes.\
            """;
    }

    @Override
    public String chart() {
        return "events";
    }

    @Override
    public List<Figure> measure(Options options) throws Exception {
        try (Stage stage = Stage.filled(options.root(), bench)) {
            ServiceProcess service = stage.startBeside(
                    Packaging.jar(options.root(), bench.service()),
                    true,
                    Map.of(
                            "QUARRY_ROLLUP_ENABLED", "true",
                            "QUARRY_ROLLUP_INTERVAL", "5s",
                            "QUARRY_ROLLUP_GRACE", "1m"));
            List<Figure> figures = new ArrayList<>();
            double[] rates = new double[options.rounds()];
            for (int round = 0; round < rates.length; round++) {
                rates[round] = insertAtFullSpeed(stage, options, SEED + (long) round * WRITERS);
            }
            figures.add(Figure.of("inserts alone", "events", "a second", rates));
            long inserted = System.nanoTime();
            stage.awaitRollupJob("event_marks");
            figures.add(Figure.of(
                    "inserts alone", "rebuilt after the last insert", "s", (System.nanoTime() - inserted) / 1e9));
            figures.addAll(freshness(stage, service, options));
            return figures;
        }
    }

    private static double insertAtFullSpeed(Stage stage, Options options, long seed) throws Exception {
        AtomicLong events = new AtomicLong();
        long start = System.nanoTime();
        long end = start + options.load().toNanos();
        List<Future<?>> writers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int writer = 0; writer < WRITERS; writer++) {
                Random random = new Random(seed + writer);
                writers.add(threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        stage.sql(batch(random, BATCH));
                        events.addAndGet(BATCH);
                    }
                    return null;
                }));
            }
        }
        for (Future<?> writer : writers) {
            writer.get();
        }
        return events.get() / ((System.nanoTime() - start) / 1e9);
    }

    private List<Figure> freshness(Stage stage, ServiceProcess service, Options options) throws Exception {
        AtomicBoolean running = new AtomicBoolean(true);
        AtomicLong events = new AtomicLong();
        AtomicLong reads = new AtomicLong();
        Collection<Double> seconds = new ConcurrentLinkedQueue<>();
        long start = System.nanoTime();
        List<Future<?>> background = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            background.add(threads.submit(() -> {
                Random random = new Random(SEED);
                while (running.get()) {
                    stage.sql(batch(random, STEADY_BATCH));
                    events.addAndGet(STEADY_BATCH);
                    Thread.sleep(STEADY_PAUSE_MILLIS);
                }
                return null;
            }));
            background.add(threads.submit(() -> {
                while (running.get()) {
                    for (Bench.Endpoint endpoint : bench.endpoints()) {
                        stage.get(service.url(endpoint.path()));
                        reads.incrementAndGet();
                    }
                }
                return null;
            }));
            List<Future<?>> probers = new ArrayList<>();
            for (int prober = 0; prober < PROBERS; prober++) {
                LocalDate day = FIRST_PROBED_DAY.plusDays(prober);
                int probes = options.rounds() * PROBES_A_ROUND / PROBERS;
                probers.add(threads.submit(() -> {
                    for (int probe = 1; probe <= probes; probe++) {
                        seconds.add(probe(stage, service, day, probe));
                    }
                    return null;
                }));
            }
            try {
                for (Future<?> prober : probers) {
                    prober.get();
                }
            } finally {
                running.set(false);
            }
        }
        double duration = (System.nanoTime() - start) / 1e9;
        for (Future<?> each : background) {
            each.get();
        }
        double[] ascending =
                seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        String subject = "with reads";
        return List.of(
                Figure.of(subject, "events", "a second", events.get() / duration),
                Figure.of(subject, "reads", "a second", reads.get() / duration),
                Figure.of(subject, "freshness, p50", "s", ascending),
                Figure.of(subject, "freshness, p99", "s", ascending[ascending.length * 99 / 100]),
                Figure.of(subject, "probes", "", ascending.length));
    }

    /** Inserts the event of a further user on a day. Returns the seconds until the answer counts it. */
    private static double probe(Stage stage, ServiceProcess service, LocalDate day, int users) throws Exception {
        String time = TIME.format(day.atStartOfDay().toInstant(ZoneOffset.UTC));
        stage.sql(INSERT + row(UUID.randomUUID(), time, "probe-" + users));
        long acknowledged = System.nanoTime();
        while (value(stage.get(service.url("/v1/metrics/dau?from=%1$s&to=%1$s".formatted(day)))) < users) {
            if (System.nanoTime() - acknowledged > PROBE_TIMEOUT_NANOS) {
                throw new IllegalStateException("An event of " + day + " is not counted");
            }
            Thread.sleep(POLL_MILLIS);
        }
        return (System.nanoTime() - acknowledged) / 1e9;
    }

    private static long value(String answer) {
        Matcher value = VALUE.matcher(answer);
        if (!value.find()) {
            throw new IllegalStateException("No value in " + answer);
        }
        return Long.parseLong(value.group(1));
    }

    /** An insert of events of the last hour. */
    private static String batch(Random random, int size) {
        long now = Instant.now().toEpochMilli();
        StringBuilder rows = new StringBuilder(INSERT);
        for (int i = 0; i < size; i++) {
            String time = TIME.format(Instant.ofEpochMilli(now - random.nextInt(3_600_000)));
            rows.append(row(new UUID(random.nextLong(), random.nextLong()), time, "user-" + random.nextInt(USERS)));
        }
        return rows.toString();
    }

    private static String row(UUID event, String time, String user) {
        return """
            {"organization_id":"big","event_id":"%s","time":"%s","user_id":"%s","session_id":"","kind":"tool_call","tool":"search"}
            """.formatted(event, time, user);
    }
}
