package dev.quarry.local;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A child process with its own log. */
final class ServiceProcess implements Supervised, AutoCloseable {

    private final String name;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path log;
    private volatile Process process;

    private ServiceProcess(String name, List<String> command, Map<String, String> environment, Path log) {
        this.name = name;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.log = log;
    }

    /**
     * Starts the process. Returns before it is ready.
     *
     * @param environment variables in addition to this process's own; for secrets too, because command lines are public
     */
    static ServiceProcess start(String name, List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        var service = new ServiceProcess(name, command, environment, log);
        service.restart();
        return service;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ProcessHandle process() {
        return process.toHandle();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public Path log() {
        return log;
    }

    @Override
    public void restart() throws IOException {
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()))
                .redirectInput(Redirect.from(new File("/dev/null")));
        builder.environment().putAll(environment);
        process = builder.start();
    }

    @Override
    public void close() {
        Processes.stop(process.toHandle());
    }
}
