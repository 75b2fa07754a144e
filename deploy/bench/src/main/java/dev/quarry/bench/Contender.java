package dev.quarry.bench;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * Something that answers a question, measured next to others.
 *
 * @param requests all requests that together give one answer
 * @param pid of the process whose processor time is measured; empty for the engine itself
 */
record Contender(String name, List<Load.Request> requests, OptionalLong pid) {
    Contender {
        requests = List.copyOf(requests);
    }

    static Contender of(String name, ServiceProcess service, String path) {
        return new Contender(
                name, List.of(Load.Request.get(service.url(path), Stage.headers())), OptionalLong.of(service.pid()));
    }

    /** Sends load. Returns the milliseconds of an answer's processor time, without the engine's. */
    double warmUp(int clients, Duration time) throws Exception {
        double sum = 0;
        for (Load.Request request : requests) {
            double own = ownMillis();
            Duration each = time.dividedBy(requests.size()).plusMillis(999);
            double answers = Load.run(request, clients, each).rate() * each.toMillis() / 1e3;
            sum += (ownMillis() - own) / Math.max(1, answers);
        }
        return sum;
    }

    /**
     * Measures one load for each request, all of them together in the given time.
     *
     * @throws IllegalStateException if a request failed
     */
    Sample measure(Stage stage, int clients, Duration time) throws Exception {
        Sample sum = new Sample(0, 0, 0, 0, 0);
        Duration each = Duration.ofSeconds(Math.max(1, time.toSeconds() / requests.size()));
        for (Load.Request request : requests) {
            double own = ownMillis();
            double engine = cpuMillis(stage.enginePid());
            Load.Result load = Load.run(request, clients, each);
            if (load.failures() > 0) {
                throw new IllegalStateException("%s: %d requests failed".formatted(name, load.failures()));
            }
            double answers = load.rate() * each.toMillis() / 1e3;
            sum = sum.plus(new Sample(
                    1 / load.rate(),
                    load.median(),
                    load.percentile99(),
                    (ownMillis() - own) / answers,
                    (cpuMillis(stage.enginePid()) - engine) / answers));
        }
        return sum;
    }

    private double ownMillis() {
        return pid.isPresent() ? cpuMillis(pid.getAsLong()) : 0;
    }

    private static double cpuMillis(long pid) {
        return ProcessHandle.of(pid)
                        .flatMap(process -> process.info().totalCpuDuration())
                        .orElseThrow()
                        .toNanos()
                / 1e6;
    }

    /**
     * One answer's figures in one round, in milliseconds; {@code secondsPerAnswer} is the reciprocal of the throughput.
     *
     * @param own processor time of the contender's process
     * @param engine processor time of the engine
     */
    record Sample(double secondsPerAnswer, double median, double percentile99, double own, double engine) {
        double rate() {
            return 1 / secondsPerAnswer;
        }

        private Sample plus(Sample next) {
            return new Sample(
                    secondsPerAnswer + next.secondsPerAnswer,
                    median + next.median,
                    percentile99 + next.percentile99,
                    own + next.own,
                    engine + next.engine);
        }
    }
}
