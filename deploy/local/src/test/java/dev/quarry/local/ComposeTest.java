package dev.quarry.local;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.quarry.schema.BackupCommand;
import dev.quarry.schema.EraseCommand;
import dev.quarry.schema.ExcludeUsersCommand;
import dev.quarry.schema.MigrateCommand;
import dev.quarry.schema.VerifyCommand;
import dev.quarry.schema.accounts.AccountsCommand;
import dev.quarry.schema.accounts.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** What the files for one server promise, as far as it shows without a container engine. */
class ComposeTest {

    private static final Path PROJECT = Path.of(System.getProperty("quarry.home"));
    private static final Path FILE = PROJECT.resolve("deploy/compose/compose.yaml");
    private static final String IMAGES = "deploy/containers/images.env";
    private static final String COMMAND = "deploy/compose/compose";

    /** What the command needs besides a program for digests. */
    private static final List<String> PROGRAMS =
            List.of("bash", "cat", "cksum", "cut", "date", "dirname", "echo", "head", "mv", "od", "sed", "tail", "tr");

    private static JsonNode compose;

    @TempDir
    private Path checkout;

    @BeforeAll
    static void read() throws IOException {
        Object document = new Yaml().load(Files.readString(FILE));
        compose = new JsonMapper().valueToTree(document);
    }

    @Test
    void everyContainerIsHardened() {
        assertEquals(9, compose.path("services").size());
        for (Map.Entry<String, JsonNode> service : compose.path("services").properties()) {
            String name = service.getKey();
            JsonNode container = service.getValue();
            assertTrue(container.path("read_only").asBoolean(), name);
            assertEquals("[\"ALL\"]", container.path("cap_drop").toString(), name);
            assertTrue(container.path("cap_add").isMissingNode(), name);
            assertEquals(
                    "[\"no-new-privileges:true\"]",
                    container.path("security_opt").toString(),
                    name);
            assertTrue(container.path("user").asText().matches("[1-9]\\d*:[1-9]\\d*"), name);
            JsonNode limits = container.at("/deploy/resources/limits");
            for (String limit : List.of("cpus", "memory", "pids")) {
                assertTrue(limits.has(limit), name + " may take any " + limit);
            }
        }
    }

    @Test
    void onlyTheGatewayIsPublishedAndOnlyOnLoopback() {
        assertEquals(Set.of("gateway", "ingest"), having("ports"));
        assertEquals(Set.of("ingest"), having("profiles"));
        assertEquals(
                "[\"${QUARRY_INGEST_ADDRESS:-127.0.0.1:8123}:8123\"]",
                compose.at("/services/ingest/ports").toString());
        assertEquals(
                "[\"${QUARRY_GATEWAY_ADDRESS:-127.0.0.1:8080}:8080\"]",
                compose.at("/services/gateway/ports").toString());
        assertEquals(Set.of("gateway", "ingest"), on("edge"));
        assertFalse(on("stores").contains("gateway"));
        assertTrue(compose.at("/networks/services/internal").asBoolean());
        assertTrue(compose.at("/networks/stores/internal").asBoolean());
    }

    @Test
    void everyServiceWaitsForTheMigrationAndTheGatewayForEveryService() {
        for (Service service : Service.values()) {
            assertEquals(
                    "service_completed_successfully",
                    compose.path("services")
                            .path(service.module())
                            .at("/depends_on/migrator/condition")
                            .asText());
            assertEquals(
                    "service_healthy",
                    compose.at("/services/gateway/depends_on")
                            .path(service.module())
                            .path("condition")
                            .asText());
        }
    }

    /** The runbook of refused requests needs it. */
    @Test
    void theRequestLogCanBeTurnedOn() {
        for (Service service : Service.values()) {
            assertEquals(
                    "${QUARRY_REQUEST_LOG_ENABLED:-false}",
                    compose.path("services")
                            .path(service.module())
                            .at("/environment/QUARRY_REQUEST_LOG_ENABLED")
                            .asText());
        }
    }

    @Test
    void theSettingsOfTheGatewayAreThoseOfItsConfiguration() throws IOException {
        Path gateway = PROJECT.resolve("deploy/gateway");
        assertEquals(
                names(Files.readString(gateway.resolve("nginx.conf.template")), "\\$\\{(QUARRY_[A-Z_]+)}"),
                names(Files.readString(gateway.resolve("settings.env")), "(?m)^([A-Z_]+)="));
    }

    @Test
    void everyVariableIsSetByTheFilesAndTheCommand() throws Exception {
        checkOut();
        Map<String, String> made = variables(run("config").secrets());
        Set<String> known = new TreeSet<>(made.keySet());
        known.addAll(variables(PROJECT.resolve(IMAGES)).keySet());
        known.add("QUARRY_VERSION");

        Set<String> required = names(Files.readString(FILE), "\\$\\{([A-Z0-9_]+):\\?}");
        assertTrue(required.size() > 10, required.toString());
        required.removeAll(known);
        assertEquals(Set.of(), required);
    }

    @Test
    void secretsAreCreatedOnceAndOnlyTheOwnerCanReadThem() throws Exception {
        checkOut();
        Run first = run("up", "-d");
        assertTrue(first.output().contains("compose --env-file ../containers/images.env --env-file .env up -d"));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(first.secrets())));
        Map<String, String> made = variables(first.secrets());
        made.forEach((name, value) -> {
            if (name.endsWith("_SHA256")) {
                String password = made.get(name.replace("_SHA256", ""));
                assertEquals(HexFormat.of().formatHex(Secret.sha256(password)), value, name);
            } else {
                assertTrue(value.matches("[0-9a-f]{48}"), name);
            }
        });
        assertEquals(made.size(), Set.copyOf(made.values()).size());

        assertEquals(made, variables(run("ps").secrets()));

        Files.delete(first.secrets());
        assertNotEquals(made, variables(run("ps").secrets()));
    }

    /** A store with an empty digest would refuse everyone, or nobody. */
    @Test
    void withoutAProgramForDigestsNoSecretsAreMade() throws Exception {
        checkOut();
        Path programs = checkout.resolve("bin");
        Programs.link(PROGRAMS, programs);
        Map<String, String> few = Map.of("PATH", programs.toString());

        Run without = call(127, few, "ps");
        assertTrue(without.output().contains("shasum"), without.output());
        assertFalse(without.output().contains("Made up passwords"), without.output());
        assertFalse(Files.exists(without.secrets()));

        // As on macOS.
        Path shasum = programs.resolve("shasum");
        Files.writeString(shasum, "#!/bin/sh\n[ \"$*\" = '-a 256' ] && cat >/dev/null && echo '0123  -'\n");
        Files.setPosixFilePermissions(shasum, PosixFilePermissions.fromString("rwx------"));
        Map<String, String> made = variables(run(few, "ps").secrets());
        List<String> digests = made.entrySet().stream()
                .filter(secret -> secret.getKey().endsWith("_SHA256"))
                .map(Map.Entry::getValue)
                .toList();
        assertEquals(List.of("0123", "0123", "0123", "0123"), digests);
    }

    @Test
    void missingImagesAreBuiltUnlessTheyComeFromARegistry() throws Exception {
        checkOut();
        engineWithoutImages();
        imageCommandThatPrints("built: $*");

        String built = run("up", "-d").output();
        assertTrue(built.contains("built: pin --local\n"), built);
        assertTrue(
                built.contains("built: jvm migrator apps-analytics-service product-metrics-service"
                        + " integration-analytics-service org-analytics-service\n"),
                built);
        assertTrue(built.strip().endsWith(" up -d"), built);

        String pulled = run(Map.of("QUARRY_REGISTRY", "registry.example.com/quarry"), "up", "-d")
                .output();
        assertFalse(pulled.contains("built:"), pulled);
        for (Service service : Service.values()) {
            assertEquals(
                    "${QUARRY_REGISTRY:-quarry}/" + service.module() + ":${QUARRY_VERSION:?}",
                    compose.path("services")
                            .path(service.module())
                            .path("image")
                            .asText());
        }
    }

    /** A new server has no images yet. */
    @Test
    void aRestoreBuildsMissingImages() throws Exception {
        checkOut();
        engineWithoutImages();
        imageCommandThatPrints("built: $*");

        String restored = run("restore", "2026-11-28").output();

        assertTrue(restored.contains("built: jvm migrator "), restored);
        assertTrue(
                restored.strip().endsWith("migrator " + BackupCommand.class.getName() + " restore 2026-11-28"),
                restored);
    }

    /** A rollback must not start the new version under the name of the old one. */
    @Test
    void imagesOfAnotherVersionAreNotBuilt() throws Exception {
        checkOut();
        engineWithoutImages();
        imageCommandThatPrints("built: $*");

        String refused = call(1, Map.of("QUARRY_VERSION", "0.9.1"), "up", "-d", "--no-deps", "gateway")
                .output();

        assertTrue(refused.contains("The images of version 0.9.1 are missing"), refused);
        assertFalse(refused.contains("built:") || refused.contains(" up -d"), refused);
    }

    /** What git knows of stays as it is: the digests of the base images are kept beside it. */
    @Test
    void digestsOfTheBaseImagesAreKeptForThisMachineOnly() throws Exception {
        checkOut();
        for (String file : List.of("image", "Containerfile.jvm", "Containerfile.migrator")) {
            Path copy = checkout.resolve("deploy/containers").resolve(file);
            Files.copy(PROJECT.resolve("deploy/containers").resolve(file), copy);
        }
        for (Service service : Service.values()) {
            Files.createDirectory(checkout.resolve(service.module()));
        }
        Path images = checkout.resolve(IMAGES);
        String committed = Files.readString(images).replaceAll("(?m)^(\\w+_IMAGE=[^@\n]+)@.*$", "$1");
        Files.writeString(images, committed);
        Path engine = checkout.resolve("engine");
        Files.writeString(engine, """
                #!/bin/sh
                for last; do :; done
                case "$*" in
                    "image inspect quarry/"*) exit 1 ;;
                    "image inspect --format "*) echo "${last%:*}@sha256:0123" ;;
                    *) echo "$*" ;;
                esac
                """);
        Files.setPosixFilePermissions(engine, PosixFilePermissions.fromString("rwx------"));

        List<String> called = run("up", "-d").output().lines().toList();

        assertEquals(committed, Files.readString(images));
        assertTrue(Files.readAllLines(PROJECT.resolve(".gitignore")).contains(".quarry/"));
        String own = called.getLast().replaceAll(".* --env-file ../../(\\S+) --env-file .env up -d", "$1");
        Map<String, String> pinned = variables(checkout.resolve(own));
        variables(images).forEach((name, image) -> assertEquals(image + "@sha256:0123", pinned.get(name)));
        List<String> builds =
                called.stream().filter(line -> line.startsWith("build ")).toList();
        assertEquals(5, builds.size(), called.toString());
        for (String build : builds) {
            assertTrue(build.contains(" --build-arg JAVA_IMAGE=" + pinned.get("JAVA_IMAGE") + " "), build);
        }

        List<String> again = run("up", "-d").output().lines().toList();
        assertTrue(called.stream().anyMatch(line -> line.startsWith("JAVA_IMAGE ")), called.toString());
        assertTrue(again.stream().noneMatch(line -> line.startsWith("JAVA_IMAGE ")), "the digests are looked up once");

        // A version with other base images has other digests.
        Files.writeString(images, "# Other images.\n", StandardOpenOption.APPEND);
        String other = run("ps").output();
        assertTrue(other.contains(" --env-file ../containers/images.env "), other);
    }

    private void imageCommandThatPrints(String line) throws IOException {
        Path image = checkout.resolve("deploy/containers/image");
        Files.writeString(image, "#!/bin/sh\necho \"" + line + "\"\n");
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void theFirstOrganizationIsMadeFromVariables() throws Exception {
        checkOut();
        Map<String, String> first = Map.of("QUARRY_INIT_ORGANIZATION", "org_acme", "QUARRY_INIT_NAME", "Acme Corp");
        List<String> asked = run(first, "up", "-d").output().lines().toList();
        assertTrue(asked.get(asked.size() - 3).endsWith(" run --rm --no-TTY migrator"), asked.toString());
        assertTrue(
                asked.get(asked.size() - 2)
                        .endsWith(AccountsCommand.class.getName() + " org create org_acme --name=Acme Corp --key=all"),
                asked.toString());
        assertTrue(asked.getLast().endsWith(" up -d"), asked.toString());

        Path engine = checkout.resolve("engine");
        Files.writeString(engine, """
                #!/bin/sh
                case "$*" in
                    *"org list --json") echo '[{"organization_id":"org_acme","name":"org_other"}]' ;;
                    *) echo "$*" ;;
                esac
                """);
        Files.setPosixFilePermissions(engine, PosixFilePermissions.fromString("rwx------"));
        String again = run(first, "up", "-d").output();
        assertFalse(again.contains("org create"), again);
        assertTrue(again.strip().endsWith(" up -d"), again);
        String other =
                run(Map.of("QUARRY_INIT_ORGANIZATION", "org_other"), "up", "-d").output();
        assertTrue(other.contains("org create org_other"), other);

        String rollback = run(first, "up", "--no-deps", "gateway").output();
        assertFalse(rollback.contains("migrator"), rollback);
    }

    @Test
    void variablesMayBeBesideTheSecrets() throws Exception {
        checkOut();
        Path secrets = run("ps").secrets();
        Files.writeString(
                secrets,
                "QUARRY_VERSION=9.8.7\nQUARRY_INIT_ORGANIZATION=org_acme\nQUARRY_INIT_NAME=\"Acme Corp\"\n",
                StandardOpenOption.APPEND);
        Path engine = checkout.resolve("engine");
        Files.writeString(engine, "#!/bin/sh\necho \"$QUARRY_VERSION $*\"\n");
        Files.setPosixFilePermissions(engine, PosixFilePermissions.fromString("rwx------"));

        String started = run("up", "-d").output();
        assertTrue(started.contains(" org create org_acme --name=Acme Corp --key=all\n"), started);
        assertTrue(started.lines().allMatch(line -> line.startsWith("9.8.7 ")), started);

        String asked = run(Map.of("QUARRY_VERSION", "1.2.3"), "ps").output();
        assertTrue(asked.startsWith("1.2.3 "), asked);
    }

    /** A command of cron has no other variables, and must not leave the files out. */
    @ParameterizedTest
    @ValueSource(strings = {"backup-s3.yaml", "monitoring.yaml"})
    void furtherFilesHoldForEveryCommand(String file) throws Exception {
        checkOut();
        Path secrets = run("ps").secrets();
        Path engine = checkout.resolve("engine");
        Files.writeString(engine, "#!/bin/sh\necho \"${COMPOSE_FILE-none} $*\"\n");
        Files.setPosixFilePermissions(engine, PosixFilePermissions.fromString("rwx------"));
        assertTrue(run("ps").output().startsWith("none compose "));

        String files = "compose.yaml:" + file;
        assertTrue(
                Files.readString(FILE.resolveSibling(file)).contains("\n#   COMPOSE_FILE=" + files + "\n"),
                "what its first lines say");
        Files.writeString(secrets, "COMPOSE_FILE=" + files + "\n", StandardOpenOption.APPEND);

        for (String command : List.of("up", "backup", "erase", "ps")) {
            List<String> called = run(command).output().lines().toList();
            assertFalse(called.isEmpty(), command);
            called.forEach(line -> assertTrue(line.startsWith(files + " "), line));
        }
        String other = run(Map.of("COMPOSE_FILE", "compose.yaml"), "ps").output();
        assertTrue(other.startsWith("compose.yaml compose "), other);
    }

    /** Without the file, a backup would stay on the server's own disk, and nobody would notice. */
    @Test
    void settingsOfS3NeedTheirFile() throws Exception {
        checkOut();
        Path secrets = run("ps").secrets();
        Files.writeString(secrets, "QUARRY_BACKUP_S3_URL=https://s3.example.com/backups/\n", StandardOpenOption.APPEND);

        String refused = call(1, Map.of(), "backup").output();
        assertTrue(refused.contains(".env does not name backup-s3.yaml"), refused);
        assertFalse(refused.contains(BackupCommand.class.getName()), refused);

        Files.writeString(secrets, "COMPOSE_FILE=compose.yaml:backup-s3.yaml\n", StandardOpenOption.APPEND);
        String backup = run("backup").output();
        assertTrue(backup.strip().endsWith("migrator " + BackupCommand.class.getName() + " backup"), backup);
    }

    /** A container engine that has no images, and else tells what it was called with. */
    private void engineWithoutImages() throws IOException {
        Path engine = checkout.resolve("engine");
        Files.writeString(engine, "#!/bin/sh\n[ \"$1 $2\" = 'image inspect' ] && exit 1\necho \"$*\"\n");
        Files.setPosixFilePermissions(engine, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void keysAreMadeInAContainerOfTheMigrator() throws Exception {
        checkOut();
        String called = run("key", "create", "--organization=org_acme").output();
        assertTrue(
                called.strip()
                        .endsWith("run --rm --no-TTY --env QUARRY_ACTOR migrator " + AccountsCommand.class.getName()
                                + " key create --organization=org_acme"),
                called);
        String erased = run("erase", "--organization=org_acme").output();
        assertTrue(
                erased.strip().endsWith("migrator " + EraseCommand.class.getName() + " --organization=org_acme"),
                erased);
        String verified = run("verify", "--organization=org_acme").output();
        assertTrue(
                verified.strip().endsWith("migrator " + VerifyCommand.class.getName() + " --organization=org_acme"),
                verified);
        String excluded = run("exclude-users", "add", "--organization=org_acme", "anna's bot")
                .output();
        assertTrue(
                excluded.strip()
                        .endsWith("migrator " + ExcludeUsersCommand.class.getName()
                                + " add --organization=org_acme anna's bot"),
                excluded);
        String backup = run("backup", "--full").output();
        assertTrue(backup.strip().endsWith("migrator " + BackupCommand.class.getName() + " backup --full"), backup);
        String restored = run("restore", "2026-11-28").output();
        assertTrue(
                restored.strip().endsWith("migrator " + BackupCommand.class.getName() + " restore 2026-11-28"),
                restored);
        String container = Files.readString(PROJECT.resolve("deploy/containers/Containerfile.migrator"));
        assertTrue(container.contains("\nCMD [\"" + MigrateCommand.class.getName() + "\"]\n"), container);
        assertTrue(container.contains("\"/quarry/lib/*\"]\n"), "the first argument is the main class");
    }

    @Test
    void expiredBackupsAreDeletedFromBothVolumes() throws Exception {
        checkOut();
        Path engine = checkout.resolve("engine");
        Files.writeString(engine, """
                #!/bin/sh
                case "$*" in
                    *"backup expired --keep=5") printf '2026-11-02\\n2026-11-01\\n/etc\\n' ;;
                    *) echo "$*" ;;
                esac
                """);
        Files.setPosixFilePermissions(engine, PosixFilePermissions.fromString("rwx------"));
        String program = "run --rm --no-TTY migrator " + BackupCommand.class.getName();
        List<String> made = calls(run("backup", "--full-after=6", "--keep=5"));
        assertEquals(
                List.of(
                        program + " backup --full-after=6",
                        "exec --no-TTY clickhouse rm -rf -- /var/lib/clickhouse/backups/2026-11-02",
                        "exec --no-TTY clickhouse rm -rf -- /var/lib/clickhouse/backups/2026-11-01",
                        program + " backup delete --keep=5"),
                made);
        assertEquals(made.subList(1, 4), calls(run("backup", "delete", "--keep=5")));
        assertEquals(List.of(program + " backup delete"), calls(run("backup", "delete")));
        assertTrue(run("backup", "expired", "--keep=5").output().endsWith("2026-11-02\n2026-11-01\n/etc\n"));

        // After a backup that failed, nothing is deleted.
        Files.writeString(engine, "#!/bin/sh\necho \"$*\"\nexit 1\n");
        assertEquals(List.of(program + " backup"), calls(call(1, Map.of(), "backup", "--keep=5")));
    }

    /** What the container engine was called with, after the options that all calls have. */
    private static List<String> calls(Run run) {
        return run.output()
                .lines()
                .filter(line -> line.contains(" --env-file .env "))
                .map(line -> line.substring(line.indexOf(" --env-file .env ") + " --env-file .env ".length()))
                .toList();
    }

    /** On one server ClickHouse writes into its volume; on S3, it must reach the network outside. */
    @Test
    void backupsHaveAPlace() throws IOException {
        String configuration = Files.readString(PROJECT.resolve("deploy/compose/clickhouse/config.xml"));
        assertTrue(configuration.contains("<allowed_path>/var/lib/clickhouse/backups/</allowed_path>"));
        assertTrue(compose.at("/services/clickhouse/volumes").toString().contains("clickhouse:/var/lib/clickhouse\""));
        assertEquals(
                "/backups",
                compose.at("/services/migrator/environment/QUARRY_BACKUP_DIRECTORY")
                        .asText());
        assertTrue(compose.at("/services/migrator/volumes").toString().contains(":/backups\""));
        assertTrue(Files.readString(PROJECT.resolve("deploy/containers/Containerfile.migrator"))
                .contains("mkdir /backups && chown 10001:10001 /backups\nUSER 10001:10001\n"));

        JsonNode s3 =
                new JsonMapper().valueToTree(new Yaml().load(Files.readString(FILE.resolveSibling("backup-s3.yaml"))));
        assertTrue(s3.at("/services/clickhouse/networks").toString().contains("edge"));
        assertEquals(
                "collection:quarry_backups",
                s3.at("/services/migrator/environment/QUARRY_BACKUP_CLICKHOUSE").asText());
        String collection = Files.readString(PROJECT.resolve("deploy/compose/clickhouse/backup-s3.xml"));
        assertTrue(collection.contains("<quarry_backups>"));
        assertEquals(
                names(collection, "from_env=\"([A-Z0-9_]+)\""),
                names(s3.at("/services/clickhouse/environment").toString(), "\"([A-Z0-9_]+)\":"));
    }

    @Test
    void clickHouseRunsWithoutAWatchdog() {
        assertEquals(
                "0",
                compose.at("/services/clickhouse/environment/CLICKHOUSE_WATCHDOG_ENABLE")
                        .asText());
    }

    @Test
    void gitIgnoresTheSecrets() throws IOException {
        assertTrue(Files.readAllLines(PROJECT.resolve(".gitignore")).contains("deploy/compose/.env"));
        assertTrue(Files.readAllLines(PROJECT.resolve(".dockerignore")).contains("**/.env"));
    }

    @Test
    void everyBaseOfAnImageIsListedAndHasToBePinned() throws Exception {
        Set<String> listed = variables(PROJECT.resolve(IMAGES)).keySet();
        for (String kind : List.of("jvm", "native", "migrator", "gateway")) {
            String file = Files.readString(PROJECT.resolve("deploy/containers/Containerfile." + kind));
            Set<String> bases = names(file, "(?m)^ARG ([A-Z]+_IMAGE)$");
            assertTrue(listed.containsAll(bases), bases.toString());
            assertEquals(bases, names(file, "(?m)^FROM \\$\\{([A-Z]+_IMAGE)}"), kind);
            assertFalse(Pattern.compile("(?m)^ARG [A-Z_]+=").matcher(file).find(), "a default hides what is missing");
        }
    }

    /** The command and what it reads, so that it makes no file in the project. */
    private void checkOut() throws IOException {
        for (String file : List.of(COMMAND, IMAGES, "pom.xml")) {
            Path copy = checkout.resolve(file);
            Files.createDirectories(copy.getParent());
            Files.copy(PROJECT.resolve(file), copy);
        }
    }

    private record Run(Path secrets, String output) {}

    private Run run(String... arguments) throws Exception {
        return run(Map.of(), arguments);
    }

    /** With {@code echo} for an engine, unless a test made another, which tells what it was called with. */
    private Run run(Map<String, String> environment, String... arguments) throws Exception {
        return call(0, environment, arguments);
    }

    private Run call(int status, Map<String, String> environment, String... arguments) throws Exception {
        Path command = checkout.resolve(COMMAND);
        var builder = new ProcessBuilder(Stream.concat(Stream.of(command.toString()), Stream.of(arguments))
                        .toList())
                .redirectErrorStream(true);
        Path engine = checkout.resolve("engine");
        builder.environment().put("QUARRY_CONTAINER_ENGINE", Files.exists(engine) ? engine.toString() : "echo");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(status, process.waitFor(), output);
        return new Run(command.resolveSibling(".env"), output);
    }

    private static Map<String, String> variables(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.matches("[A-Z0-9_]+=.*"))
                .map(line -> line.split("=", 2))
                .collect(toMap(assignment -> assignment[0], assignment -> assignment[1]));
    }

    private static Set<String> names(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .collect(toCollection(TreeSet::new));
    }

    private static Set<String> having(String property) {
        return compose.path("services").properties().stream()
                .filter(service -> service.getValue().has(property))
                .map(Map.Entry::getKey)
                .collect(toSet());
    }

    private static Set<String> on(String network) {
        return compose.path("services").properties().stream()
                .filter(service -> service.getValue()
                        .path("networks")
                        .valueStream()
                        .anyMatch(name -> name.asText().equals(network)))
                .map(Map.Entry::getKey)
                .collect(toSet());
    }
}
