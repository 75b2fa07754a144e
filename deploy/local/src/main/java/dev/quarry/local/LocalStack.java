package dev.quarry.local;

import dev.quarry.local.gateway.Gateway;
import dev.quarry.local.gateway.Limits;
import dev.quarry.local.gateway.SignIn;
import dev.quarry.local.gateway.Upstream;
import dev.quarry.local.samples.SampleKind;
import dev.quarry.schema.ClickHouseAddress;
import dev.quarry.schema.CommandArguments;
import dev.quarry.schema.MigrationException;
import dev.quarry.schema.Migrator;
import dev.quarry.schema.MigratorSettings;
import dev.quarry.schema.Retention;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.FileHandler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * The program of {@code ./quarry up}. It starts the stores, the services and the gateway, and prints how to call them. It
 * stops all of them in reverse order after a stop signal, or if a part does not start.
 *
 * <p>It exits with 1 and one sentence if the stack cannot start, with 2 if the command line is wrong, and with the
 * signal's status after a stop signal.
 */
public final class LocalStack {

    private static final Logger LOGGER = Logger.getLogger(LocalStack.class.getName());
    private static final Duration SERVICES_READY = Duration.ofMinutes(3);
    private static final Duration STOPPED = Duration.ofMinutes(1);

    private final Options options;
    private final Path project;
    private final Stopping stopping;
    private final Progress progress;

    private LocalStack(Options options, Path project, Stopping stopping, Progress progress) {
        this.options = options;
        this.project = project;
        this.stopping = stopping;
        this.progress = progress;
    }

    public static void main(String[] arguments) throws InterruptedException {
        // Libraries log to a file, not to the terminal.
        LogManager.getLogManager().reset();
        var stopping = new Stopping();
        var stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> awaitStop(stopping, stopped), "stop"));
        int status = run(List.of(arguments), stopping, new Progress(System.out, System.err));
        stopped.countDown();
        // After a signal, waits until the process ends with the signal's status.
        System.exit(status);
    }

    /** Runs after a signal. The main thread stops the parts, because it knows which ones are started. */
    private static void awaitStop(Stopping stopping, CountDownLatch stopped) {
        stopping.ask();
        try {
            if (!stopped.await(STOPPED.toSeconds(), TimeUnit.SECONDS)) {
                System.err.println("quarry: some processes did not stop in time.");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static int run(List<String> arguments, Stopping stopping, Progress progress) throws InterruptedException {
        if (arguments.contains("--help")) {
            progress.out().print(Options.USAGE);
            return 0;
        }
        Path project = Path.of(System.getProperty("quarry.home", ".")).toAbsolutePath();
        try {
            CommandArguments.requireDecoded(arguments);
            Options options = Options.parse(arguments, System.getenv(), project);
            new LocalStack(options, project, stopping, progress).run();
            return 0;
        } catch (UsageException | dev.quarry.schema.UsageException wrong) {
            progress.warn(wrong.getMessage());
            progress.err().print(Options.USAGE);
            return 2;
        } catch (StartException failure) {
            if (stopping.isAsked()) {
                return 0;
            }
            LOGGER.log(Level.SEVERE, "The stack did not start", failure);
            progress.warn(failure.getMessage());
            return 1;
        }
    }

    private void run() throws StartException, InterruptedException {
        try (StackDirectory directory = StackDirectory.open(options.directory())) {
            logTo(directory.log("launcher"));
            var register = new ProcessRegister(directory.processes());
            register.stopLeftovers(progress);
            LocalPostgres.stopLeftoverIn(directory.data());
            requirePrograms();
            options.ports().requireFree(neededPorts());
            var supervisor = new Supervisor(stopping, progress, register);
            try (var parts = new Parts()) {
                parts.add(register::clear);
                start(directory, register, parts).forEach(supervisor::watch);
                stopping.await();
                progress.say("Stopping ...");
                supervisor.awaitQuiet();
            }
            progress.say("Stopped. The data is kept in %s.".formatted(directory.data()));
        } catch (IOException | SQLException failure) {
            throw new StartException("The stack cannot start: %s.".formatted(failure.getMessage()), failure);
        }
    }

    private static void logTo(Path file) throws IOException {
        var handler = new FileHandler(file.toString().replace("%", "%%"), true);
        handler.setFormatter(new SimpleFormatter());
        Logger.getLogger("").addHandler(handler);
    }

    private void requirePrograms() throws StartException {
        for (Service service : Service.values()) {
            Path program = service.program(project);
            if (!Files.exists(program)) {
                throw new StartException("%s is not built: run ./quarry build.".formatted(service.module()));
            }
        }
    }

    private Set<Port> neededPorts() {
        var needed = EnumSet.allOf(Port.class);
        if (options.clickHouse().isPresent()) {
            needed.remove(Port.CLICKHOUSE);
        }
        return needed;
    }

    /** {@return the parts to supervise} */
    private List<Supervised> start(StackDirectory directory, ProcessRegister register, Parts parts)
            throws StartException, IOException, SQLException, InterruptedException {
        progress.say("Starting; data and logs are in %s ...".formatted(options.directory()));
        List<Supervised> running = new ArrayList<>();

        LocalPostgres postgres = parts.add(LocalPostgres.start(
                directory.data(), options.ports().number(Port.POSTGRES), directory.log("postgresql")));
        running.add(postgres);
        progress.ready(postgres.name(), "127.0.0.1:" + options.ports().number(Port.POSTGRES));
        requireGoingOn();

        ClickHouseAddress clickHouse;
        if (options.clickHouse().isPresent()) {
            clickHouse = options.clickHouse().get();
            progress.ready("ClickHouse server", clickHouse.url());
        } else {
            LocalEngine engine = parts.add(LocalEngine.start(
                    directory.data(),
                    directory.backups(),
                    options.ports().number(Port.CLICKHOUSE),
                    directory.log("engine")));
            register.add(engine.name(), engine.process());
            running.add(engine);
            clickHouse = engine.address();
            progress.ready(engine.name(), clickHouse.url());
        }
        requireGoingOn();

        migrate(clickHouse, postgres);
        LocalKeys keys = LocalKeys.open(directory.keys(), options.newKeys(), postgres.address());
        var samples = new Samples(clickHouse, postgres.address());
        if (options.samples()) {
            samples.load(progress, stopping);
        }
        requireGoingOn();

        running.addAll(startServices(clickHouse, postgres, directory, register, parts));
        var signIn = new SignIn(keys.pageCode(), new PageAccess(keys, postgres.address(), samples)::read);
        Gateway gateway =
                parts.add(Gateway.start(options.ports().number(Port.GATEWAY), upstreams(), Limits.DEFAULT, signIn));
        String url = "http://127.0.0.1:" + gateway.port();
        progress.ready("gateway", url);
        requireGoingOn();

        PrivateFiles.write(directory.keys(), keys.file(url));
        PrivateFiles.write(
                directory.stores(), StoreVariables.file(clickHouse, postgres.address(), directory.backups()));
        new Guide(url, directory.keys(), directory.stores(), keys, samples.lastDay(SampleKind.UPTIME_CHECKS))
                .lines()
                .forEach(progress::say);
        return running;
    }

    /** Called between steps, so that a signal does not wait for all of them. */
    private void requireGoingOn() throws StartException {
        if (stopping.isAsked()) {
            throw new StartException("The stack was asked to stop.");
        }
    }

    /** The samples are older than any usual retention. */
    private void migrate(ClickHouseAddress clickHouse, LocalPostgres postgres) throws StartException {
        try {
            Migrator.migrate(new MigratorSettings(clickHouse, postgres.address(), Retention.longest()));
        } catch (MigrationException failure) {
            throw new StartException("The stores cannot be migrated: " + failure.getMessage(), failure);
        }
    }

    private List<ServiceProcess> startServices(
            ClickHouseAddress clickHouse,
            LocalPostgres postgres,
            StackDirectory directory,
            ProcessRegister register,
            Parts parts)
            throws StartException, IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>(postgres.environment());
        environment.putAll(StoreVariables.of(clickHouse));
        environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        environment.put("QUARRY_AUTH_TRUSTED_PROXIES", "127.0.0.1");
        if (!options.corsOrigins().isEmpty()) {
            environment.put("QUARKUS_HTTP_CORS_ENABLED", "true");
            environment.put("QUARKUS_HTTP_CORS_ORIGINS", String.join(",", options.corsOrigins()));
        }
        List<ServiceProcess> services = new ArrayList<>();
        var readiness = new Readiness();
        for (Service service : Service.values()) {
            int port = options.ports().number(service.port());
            environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
            ServiceProcess process = parts.add(ServiceProcess.start(
                    service.module(), command(service), environment, directory.log(service.module())));
            register.add(process.name(), process.process());
            readiness.expect(process, URI.create("http://127.0.0.1:%d/q/health/ready".formatted(port)));
            services.add(process);
        }
        readiness.await(SERVICES_READY, stopping, progress);
        requireGoingOn();
        return services;
    }

    private List<String> command(Service service) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                service.program(project).toString());
    }

    private List<Upstream> upstreams() {
        return Arrays.stream(Service.values())
                .map(service -> service.upstream(options.ports().number(service.port())))
                .toList();
    }
}
