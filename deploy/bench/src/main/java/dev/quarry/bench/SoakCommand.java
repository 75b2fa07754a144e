package dev.quarry.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs the stores and the four services under steady traffic: {@code SoakCommand ROOT [MINUTES]}. It finds the highest rate
 * of the mixed traffic of 50 organisations, sends 80 % of it for the given minutes while events keep coming, and writes
 * {@code SOAK.md}. Exits with 1 if a goal is missed.
 */
public final class SoakCommand {
    private static final int MINUTES = 30;
    private static final double SHARE = 0.8;

    private static final double WARM_GROWTH = 1.1;
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final Duration STEP = Duration.ofSeconds(15);
    private static final double FIRST_RATE = 10;
    private static final double GROWTH = 2;
    private static final int BISECTIONS = 4;
    private static final int TRIES = 2;
    /** A rate whose p99 is longer is too high. */
    private static final double LONGEST_MILLIS = 500;

    private static final int EVENTS_A_SECOND = 100;
    private static final Duration AGE = Duration.ofMinutes(1);

    private static final int SAMPLES = 180;
    private static final double SLOWDOWN = 1.5;
    private static final double MEMORY_GROWTH = 0.1;
    private static final long MEMORY_GROWTH_MEBIBYTES = 32;

    private static final String ALL = "all";

    private final Path root;
    private final Duration duration;
    private final Stage stage;
    private final SoakData data;
    private final SoakTraffic traffic;
    private final SoakMemory memory;
    private final OpenLoop loop = new OpenLoop();

    private SoakCommand(Path root, Duration duration, Stage stage) throws Exception {
        this.root = root;
        this.duration = duration;
        this.stage = stage;
        stage.stop();
        Map<String, ServiceProcess> services = new LinkedHashMap<>();
        Map<String, Long> processes = new LinkedHashMap<>();
        for (Bench bench : BenchCommand.BENCHES) {
            ServiceProcess service = stage.startBeside(
                    Packaging.jarInContainer(root, bench.service()),
                    true,
                    Map.of(
                            "QUARRY_ROLLUP_ENABLED", "true",
                            "QUARRY_ROLLUP_INTERVAL", "5s",
                            "QUARRY_ROLLUP_GRACE", "1m"));
            services.put(bench.family(), service);
            processes.put(bench.service(), service.pid());
        }
        processes.put("ClickHouse engine", stage.enginePid());
        say("Loading the events of %d organisations ...".formatted(SoakData.ORGANIZATIONS));
        data = SoakData.load(stage);
        traffic = new SoakTraffic(services);
        memory = new SoakMemory(processes, stage.postgresPid());
    }

    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.SEVERE);
        if (arguments.length < 1 || arguments.length > 2) {
            System.err.println("usage: soak [MINUTES]");
            System.exit(2);
        }
        Path root = Path.of(arguments[0]);
        Duration duration = Duration.ofMinutes(arguments.length == 2 ? Integer.parseInt(arguments[1]) : MINUTES);
        Bench first = BenchCommand.BENCHES.getFirst();
        boolean holds;
        try (Stage stage = Stage.set(root, first.service(), first.permission())) {
            holds = new SoakCommand(root, duration, stage).run();
        }
        System.exit(holds ? 0 : 1);
    }

    private boolean run() throws Exception {
        String started = Instant.now().truncatedTo(ChronoUnit.MINUTES) + ReportCommand.commit(root);
        memory.sample();
        AtomicBoolean goOn = new AtomicBoolean(true);
        try (loop;
                var background = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> inserts = background.submit(() -> insert(goOn));
            try {
                step(FIRST_RATE, WARM_UP);
                double highest = highestWarmRate();
                Soak soak = soak(SHARE * highest);
                List<Goal> goals = goals(soak);
                String page = page(started, highest, soak, goals);
                Path file = root.resolve("deploy/bench/SOAK.md");
                Files.writeString(file, page);
                say(page);
                say("The report is " + file);
                return goals.stream().allMatch(Goal::holds);
            } finally {
                goOn.set(false);
                inserts.get();
            }
        }
    }

    private Void insert(AtomicBoolean goOn) throws Exception {
        while (goOn.get()) {
            long next = System.nanoTime() + Duration.ofSeconds(1).toNanos();
            data.insert(EVENTS_A_SECOND, AGE);
            Thread.sleep(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
        }
        return null;
    }

    /** Searches until the rate hardly grows: services get faster as long as their JVMs compile what they run. */
    private double highestWarmRate() throws InterruptedException {
        double before;
        double highest = 0;
        do {
            before = highest;
            highest = highestRate();
        } while (highest > WARM_GROWTH * before);
        return Math.max(before, highest);
    }

    private double highestRate() throws InterruptedException {
        double good = 0;
        double bad = FIRST_RATE;
        while (bears(bad)) {
            good = bad;
            bad *= GROWTH;
        }
        if (good == 0) {
            throw new IllegalStateException("%.0f requests a second are too many already".formatted(FIRST_RATE));
        }
        for (int bisection = 0; bisection < BISECTIONS; bisection++) {
            double middle = (good + bad) / 2;
            if (bears(middle)) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        return good;
    }

    /** Whether all requests of this rate are answered in time. One bad step may have another cause. */
    private boolean bears(double rate) throws InterruptedException {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            Step step = step(rate, STEP);
            if (step.failures().isEmpty() && step.times().percentile(99) <= LONGEST_MILLIS) {
                return true;
            }
        }
        return false;
    }

    private record Step(Times times, Map<String, LongAdder> failures) {}

    private Step step(double rate, Duration time) throws InterruptedException {
        Collection<Double> millis = new ConcurrentLinkedQueue<>();
        Map<String, LongAdder> failures = new ConcurrentHashMap<>();
        loop.run(traffic, rate, time, (_, _, each, outcome) -> {
            if (outcome.equals(OpenLoop.ANSWERED)) {
                millis.add(each);
            } else {
                failures.computeIfAbsent(outcome, _ -> new LongAdder()).increment();
            }
        });
        Times times = Times.of(millis);
        say("%,.0f requests a second: p50 %.1f ms, p99 %.1f ms%s"
                .formatted(
                        rate,
                        times.percentile(50),
                        times.percentile(99),
                        failures.isEmpty() ? "" : ", failures: " + failures));
        return new Step(times, failures);
    }

    /** Milliseconds, ascending. */
    private static final class Times {
        private final double[] ascending;

        private Times(double[] ascending) {
            this.ascending = ascending;
        }

        static Times of(Collection<Double> millis) {
            return new Times(
                    millis.stream().mapToDouble(Double::doubleValue).sorted().toArray());
        }

        int count() {
            return ascending.length;
        }

        /** Infinite if there is no answer. */
        double percentile(int percent) {
            return ascending.length == 0
                    ? Double.POSITIVE_INFINITY
                    : ascending[Math.min(ascending.length - 1, ascending.length * percent / 100)];
        }
    }

    /**
     * What was measured.
     *
     * @param thirds times by family, and of all families, in each third of the time
     * @param failures counts by what came instead of a 200
     * @param memory samples by process, without the one before the traffic
     */
    private record Soak(
            double rate, Map<String, List<Times>> thirds, Map<String, Long> failures, Map<String, List<Long>> memory) {
        long answers() {
            return thirds.get(ALL).stream().mapToLong(Times::count).sum();
        }
    }

    private Soak soak(double rate) throws Exception {
        say("Sending %,.0f requests a second for %d minutes ...".formatted(rate, duration.toMinutes()));
        int before = memory.samples().values().iterator().next().size();
        Map<String, List<Collection<Double>>> millis = new LinkedHashMap<>();
        traffic.families().forEach(family -> millis.put(family, thirds()));
        millis.put(ALL, thirds());
        Map<String, LongAdder> failures = new ConcurrentHashMap<>();
        double third = duration.toNanos() / 3e9;
        AtomicBoolean goOn = new AtomicBoolean(true);
        try (var background = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> sampling = background.submit(() -> {
                while (goOn.get()) {
                    memory.sample();
                    Thread.sleep(duration.dividedBy(SAMPLES));
                }
                return null;
            });
            try {
                loop.run(traffic, rate, duration, (family, due, each, outcome) -> {
                    if (outcome.equals(OpenLoop.ANSWERED)) {
                        int number = Math.min(2, (int) (due / third));
                        millis.get(family).get(number).add(each);
                        millis.get(ALL).get(number).add(each);
                    } else {
                        failures.computeIfAbsent(outcome, _ -> new LongAdder()).increment();
                    }
                });
            } finally {
                goOn.set(false);
                sampling.get();
            }
        }
        Map<String, List<Times>> thirds = new LinkedHashMap<>();
        millis.forEach((family, each) ->
                thirds.put(family, each.stream().map(Times::of).toList()));
        Map<String, Long> counts = new TreeMap<>();
        failures.forEach((outcome, count) -> counts.put(outcome, count.sum()));
        Map<String, List<Long>> samples = new LinkedHashMap<>();
        memory.samples().forEach((process, all) -> samples.put(process, all.subList(before, all.size())));
        return new Soak(rate, thirds, counts, samples);
    }

    private static List<Collection<Double>> thirds() {
        return List.of(new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>());
    }

    private record Goal(String name, String measured, String goal, boolean holds) {}

    private static List<Goal> goals(Soak soak) {
        List<Goal> goals = new ArrayList<>();
        long failures =
                soak.failures().values().stream().mapToLong(Long::longValue).sum();
        goals.add(new Goal("failures", Long.toString(failures), "0", failures == 0));
        List<Times> all = soak.thirds().get(ALL);
        double slowdown = all.getLast().percentile(99) / all.getFirst().percentile(99);
        goals.add(new Goal(
                "p99 of the last third / of the first", Report.text(slowdown), "at most 1.5", slowdown <= SLOWDOWN));
        soak.memory().forEach((process, samples) -> {
            long first = median(samples.subList(0, (samples.size() + 2) / 3));
            long last = median(samples.subList(samples.size() * 2 / 3, samples.size()));
            double most = first + Math.max(MEMORY_GROWTH * first, MEMORY_GROWTH_MEBIBYTES);
            goals.add(new Goal(
                    "memory of " + process + ", median of the last third",
                    last + " MiB",
                    "at most %.0f MiB".formatted(most),
                    last <= most));
        });
        return goals;
    }

    private static long median(List<Long> samples) {
        long[] ascending = samples.stream().mapToLong(Long::longValue).sorted().toArray();
        return ascending[ascending.length / 2];
    }

    private String page(String started, double highest, Soak soak, List<Goal> goals) throws Exception {
        StringBuilder page = new StringBuilder("""
            # Soak: the report

            `./quarry bench soak %d` wrote this page; the [README](README.md#soak) explains it.

            Machine: %s. Java %s, %s. Measured on %s, with the services' jars and the options of the image.

            The highest rate was %,.0f requests a second: %d organisations with the same share, p99 at most %,.0f ms, no failure, \
            in steps of %d s. The soak sent %,.0f requests a second for %d min, while %d events a second were inserted \
            into each of 7 tables. It got %,d answers of 200.

            ## Goals

            | | measured | goal | holds |
            |---|---|---|---|
            """.formatted(
                        duration.toMinutes(),
                        ReportCommand.machine(),
                        Runtime.version(),
                        stage.versions(),
                        started,
                        highest,
                        SoakData.ORGANIZATIONS,
                        LONGEST_MILLIS,
                        STEP.toSeconds(),
                        soak.rate(),
                        duration.toMinutes(),
                        EVENTS_A_SECOND,
                        soak.answers()));
        goals.forEach(goal -> page.append("| %s | %s | %s | %s |%n"
                .formatted(goal.name(), goal.measured(), goal.goal(), goal.holds() ? "yes" : "**no**")));
        page.append("""

            ## Times of answers, p50 / p99, in ms

            | | first third | second third | last third |
            |---|---|---|---|
            """);
        soak.thirds().forEach((family, thirds) -> {
            page.append("| ").append(family).append(" |");
            thirds.forEach(times -> page.append(
                    " %s / %s |".formatted(Report.text(times.percentile(50)), Report.text(times.percentile(99)))));
            page.append('\n');
        });
        page.append("""

            ## Memory, in MiB

            Before the traffic, at the start of the soak (after warm-up and search), at its end, and the most of all samples.

            | | before | start | end | most |
            |---|---|---|---|---|
            """);
        soak.memory()
                .forEach((process, samples) -> page.append("| %s | %d | %d | %d | %d |%n"
                        .formatted(
                                process,
                                memory.samples().get(process).getFirst(),
                                samples.getFirst(),
                                samples.getLast(),
                                Collections.max(samples))));
        if (!soak.failures().isEmpty()) {
            page.append("\n## Failures\n\n| | count |\n|---|---|\n");
            soak.failures().forEach((outcome, count) -> page.append("| %s | %d |%n".formatted(outcome, count)));
        }
        return page.toString();
    }

    private static void say(String line) {
        System.err.println(line);
    }
}
