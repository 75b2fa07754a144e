package dev.quarry.local;

import dev.quarry.engine.EngineProcess;
import dev.quarry.schema.ClickHouseAddress;
import dev.quarry.schema.IngestSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The embedded ClickHouse engine; each data directory has its own password. */
final class LocalEngine implements Supervised, AutoCloseable {

    private static final String USER = "quarry";

    private final EngineProcess engine;
    private final String password;
    private final Path log;
    private volatile ProcessHandle process;

    private LocalEngine(EngineProcess engine, String password, Path log) throws StartException {
        this.engine = engine;
        this.password = password;
        this.log = log;
        process = ProcessHandle.of(engine.pid())
                .orElseThrow(() -> new StartException("The ClickHouse engine has ended; its log is " + log + "."));
    }

    /**
     * Starts on the data of an earlier start, or on none.
     *
     * @param backups where the engine may write backups
     */
    static LocalEngine start(Path data, Path backups, int port, Path log) throws StartException, IOException {
        String password = Secrets.kept(data.resolve("clickhouse-password"));
        try {
            EngineProcess engine = EngineProcess.start(EngineProcess.Options.at(data.resolve("clickhouse"))
                    .withPort(port)
                    .withUser(USER, password)
                    .withBackups(PrivateFiles.directory(backups))
                    .withSettings(IngestSettings.all())
                    .withLogFile(log));
            return new LocalEngine(engine, password, log);
        } catch (IllegalStateException | UncheckedIOException failure) {
            throw new StartException(
                    "The ClickHouse engine cannot be used: %s; its log is %s.".formatted(failure.getMessage(), log),
                    failure);
        }
    }

    ClickHouseAddress address() {
        return new ClickHouseAddress(engine.url(), "quarry", USER, password);
    }

    @Override
    public String name() {
        return "ClickHouse engine";
    }

    @Override
    public ProcessHandle process() {
        return process;
    }

    @Override
    public Path log() {
        return log;
    }

    @Override
    public void restart() {
        engine.restart();
        // If the engine has ended already, the caller reports the process before it, which has ended too.
        ProcessHandle.of(engine.pid()).ifPresent(restarted -> process = restarted);
    }

    @Override
    public void close() {
        engine.close();
    }
}
