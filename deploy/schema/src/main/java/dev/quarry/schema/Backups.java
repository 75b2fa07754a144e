package dev.quarry.schema;

import com.clickhouse.client.api.ClickHouseException;
import com.clickhouse.client.api.Client;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Backups of both stores. A backup is a folder with the rows of PostgreSQL and a description; ClickHouse keeps its part at
 * a {@link BackupTarget}. ClickHouse's part is full, or has only what is not in the backup before; PostgreSQL's is always
 * full.
 */
public final class Backups {
    private static final String DESCRIPTION = "backup.json";
    private static final String ROWS = "postgresql";
    /** A folder that is being deleted is named {@code .NAME.deleted}. The name of a backup does not begin with a dot. */
    private static final String DELETED = ".deleted";

    private static final int VALIDATION_SECONDS = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final BackupTarget target;
    private final ClickHouseAddress clickHouse;
    private final PostgresAddress postgres;

    /**
     * A complete backup.
     *
     * @param created the backup's time, as ISO 8601
     * @param base the backup that has the rest of ClickHouse's part; null if this one is full
     * @param version the last PostgreSQL migration
     * @param rows the number of rows by table of PostgreSQL
     */
    public record Description(
            String name,
            String created,
            String base,
            String target,
            String database,
            String version,
            SortedMap<String, Long> rows) {}

    Backups(Path directory, BackupTarget target, ClickHouseAddress clickHouse, PostgresAddress postgres) {
        this.directory = directory;
        this.target = target;
        this.clickHouse = clickHouse;
        this.postgres = postgres;
    }

    /**
     * Reads {@code QUARRY_BACKUP_DIRECTORY}, {@code QUARRY_BACKUP_CLICKHOUSE} and the migrator's variables.
     *
     * @throws MigrationException with a sentence for the operator
     */
    public static Backups from(Map<String, String> environment) {
        return new Backups(
                directory(environment),
                BackupTarget.from(environment),
                ClickHouseAddress.from(environment),
                PostgresAddress.from(environment));
    }

    /** For both stores of a laptop's stack, which share the directory. */
    public static Backups in(Path directory, ClickHouseAddress clickHouse, PostgresAddress postgres) {
        return new Backups(directory, new BackupTarget("file"), clickHouse, postgres);
    }

    private static Path directory(Map<String, String> environment) {
        return Path.of(new EnvironmentVariables(environment).required("QUARRY_BACKUP_DIRECTORY"));
    }

    /** {@return the complete backups in {@code QUARRY_BACKUP_DIRECTORY}, oldest first} Needs no store. */
    static List<Description> list(Map<String, String> environment) {
        return list(directory(environment));
    }

    /** {@return the complete backups, oldest first} */
    public List<Description> list() {
        return list(directory);
    }

    private static List<Description> list(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(directory)) {
            List<Description> complete = new ArrayList<>();
            for (Path folder : folders.toList()) {
                if (!isDeleted(folder) && Files.exists(folder.resolve(DESCRIPTION))) {
                    complete.add(JSON.readValue(folder.resolve(DESCRIPTION).toFile(), Description.class));
                }
            }
            complete.sort(Comparator.comparing(Description::created));
            return complete;
        } catch (IOException unreadable) {
            throw new MigrationException("The backups in %s cannot be read.".formatted(directory), unreadable);
        }
    }

    /**
     * {@return the complete backup of this name} Needs no store.
     *
     * @throws MigrationException if there is none
     */
    public static Description complete(Path directory, String name) {
        return list(directory).stream()
                .filter(backup -> backup.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new MigrationException("There is no complete backup %s in %s.".formatted(name, directory)));
    }

    /** {@return the complete backups at this target and of this database, oldest first} They may build on each other. */
    private List<Description> ours() {
        return list().stream()
                .filter(backup -> backup.target().equals(target.setting()))
                .filter(backup -> backup.database().equals(clickHouse.database()))
                .toList();
    }

    /** {@return the number of backups since the newest full one} */
    int sinceFull() {
        int count = 0;
        for (Description backup : ours()) {
            count = backup.base() == null ? 0 : count + 1;
        }
        return count;
    }

    /**
     * The backups to delete if the newest full ones, and those that build on them, are kept. Backups at another target or of
     * another database are never among them.
     *
     * @param full how many full backups to keep, at least 1
     * @return newest first, so that none builds on a later one
     */
    List<Description> expired(int full) {
        if (full < 1) {
            throw new MigrationException("At least one full backup must be kept.");
        }
        List<Description> ours = ours();
        List<String> fulls = ours.stream()
                .filter(backup -> backup.base() == null)
                .map(Description::name)
                .toList();
        Set<String> kept = new HashSet<>(fulls.subList(Math.max(0, fulls.size() - full), fulls.size()));
        // A backup is newer than its base.
        for (Description backup : ours) {
            if (kept.contains(backup.base())) {
                kept.add(backup.name());
            }
        }
        return ours.stream()
                .filter(backup -> !kept.contains(backup.name()))
                .toList()
                .reversed();
    }

    /**
     * Deletes the backups of {@link #expired}, but not while another one is made, which may build on them. It deletes
     * ClickHouse's part only if it is in this directory too: the program does not reach a server's disks, and has no key of
     * S3.
     *
     * @return the deleted backups
     */
    List<Description> deleteExpired(int full) {
        try (Connection lock = postgres.open()) {
            BackupLock.takeForBackup(lock);
            List<Description> expired = expired(full);
            for (Description backup : expired) {
                Files.move(
                        directory.resolve(backup.name()),
                        directory.resolve("." + backup.name() + DELETED),
                        StandardCopyOption.ATOMIC_MOVE);
            }
            if (Files.isDirectory(directory)) {
                deleteMoved();
            }
            return expired;
        } catch (SQLException failure) {
            throw new MigrationException("PostgreSQL cannot be used: " + failure.getMessage(), failure);
        } catch (IOException failure) {
            throw new MigrationException("A backup cannot be deleted: " + failure.getMessage(), failure);
        }
    }

    /** Also deletes what an interrupted run left. */
    private void deleteMoved() throws IOException {
        List<Path> moved;
        try (Stream<Path> folders = Files.list(directory)) {
            moved = folders.filter(Backups::isDeleted).toList();
        }
        for (Path folder : moved) {
            deleteTree(folder);
        }
    }

    private static void deleteTree(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static boolean isDeleted(Path folder) {
        String name = folder.getFileName().toString();
        return name.startsWith(".") && name.endsWith(DELETED);
    }

    /**
     * Backs up ClickHouse, then PostgreSQL, which must not be older: it assigns the numbers and versions in gold. Waits for
     * erasures that run, and lets none begin.
     *
     * @param full whether not to build on the newest backup
     * @param now the backup's time
     * @throws MigrationException if a store refuses or the name is in use
     */
    public Description create(String name, boolean full, Instant now) {
        return create(name, full ? 0 : Integer.MAX_VALUE, now);
    }

    /** @param fullAfter how many backups may build on a full one, before the next is full again; 0 for a full one now */
    Description create(String name, int fullAfter, Instant now) {
        String place = target.of(name);
        Path folder = directory.resolve(name);
        try (Connection lock = postgres.open()) {
            BackupLock.takeForBackup(lock);
            // While it waited, the newest backup may have been deleted, or another one been made.
            Optional<Description> base = sinceFull() >= fullAfter
                    ? Optional.empty()
                    : ours().stream().reduce((_, later) -> later);
            Files.createDirectories(directory);
            if (Files.exists(folder)) {
                throw new MigrationException("There is a backup %s already.".formatted(name));
            }
            run("BACKUP DATABASE `%s`%s TO %s SETTINGS ".formatted(clickHouse.database(), onCluster(), place)
                    + base.map(earlier -> "base_backup = " + target.of(earlier.name()) + ", ")
                            .orElse(""));
            try (Connection connection = postgres.open()) {
                Files.createDirectories(folder.resolve(ROWS));
                String version = version(connection);
                SortedMap<String, Long> rows = PostgresCopy.dump(connection, folder.resolve(ROWS));
                Description description = new Description(
                        name,
                        now.toString(),
                        base.map(Description::name).orElse(null),
                        target.setting(),
                        clickHouse.database(),
                        version,
                        rows);
                if (!lock.isValid(VALIDATION_SECONDS)) {
                    throw new MigrationException("The connection to PostgreSQL that keeps erasures away was lost.");
                }
                write(folder, description);
                return description;
            } catch (SQLException | IOException | MigrationException failure) {
                discard(folder, failure);
                throw failure;
            }
        } catch (SQLException failure) {
            throw new MigrationException("PostgreSQL was not backed up: " + failure.getMessage(), failure);
        } catch (IOException failure) {
            throw new MigrationException("The backup cannot be written: " + failure.getMessage(), failure);
        }
    }

    /** Deletes a backup that has failed: nobody else would, and the next one may need its space. */
    private static void discard(Path folder, Exception failure) {
        try {
            deleteTree(folder);
        } catch (IOException remaining) {
            failure.addSuppressed(remaining);
        }
    }

    /** A backup is complete once it has its description. */
    private static void write(Path folder, Description description) throws IOException {
        Path unfinished = folder.resolve(DESCRIPTION + ".part");
        JSON.writerWithDefaultPrettyPrinter().writeValue(unfinished.toFile(), description);
        Files.move(unfinished, folder.resolve(DESCRIPTION), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Restores both stores, which must be empty. Then run the migrator: the backup may be of an earlier version.
     *
     * @throws MigrationException if there is no such backup, a store is not empty, or a store refuses
     */
    public Description restore(String name) {
        Description description = complete(directory, name);
        if (!description.database().equals(clickHouse.database())) {
            throw new MigrationException("The backup is of the database %s: set QUARRY_CLICKHOUSE_DATABASE to it."
                    .formatted(description.database()));
        }
        requireEmpty();
        run("RESTORE DATABASE `%s`%s FROM %s SETTINGS "
                .formatted(clickHouse.database(), onCluster(), new BackupTarget(description.target()).of(name)));
        PostgresMigrations.apply(postgres, description.version());
        try (Connection connection = postgres.open()) {
            PostgresCopy.load(connection, directory.resolve(name).resolve(ROWS), description.rows());
            return description;
        } catch (SQLException failure) {
            throw new MigrationException("PostgreSQL was not restored: " + failure.getMessage(), failure);
        } catch (IOException failure) {
            throw new MigrationException("The backup cannot be read: " + failure.getMessage(), failure);
        }
    }

    private void requireEmpty() {
        try (Client client = clickHouse.open();
                Connection connection = postgres.open();
                Statement statement = connection.createStatement();
                ResultSet tables = statement.executeQuery(
                        "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'")) {
            tables.next();
            long clickHouseTables = new ClickHouseStatements(client)
                    .query(
                            "SELECT count() AS tables FROM system.tables WHERE database = {database:String}",
                            Map.of("database", clickHouse.database()))
                    .getFirst()
                    .getLong("tables");
            if (tables.getLong(1) > 0 || clickHouseTables > 0) {
                throw new MigrationException("A backup is restored into empty databases only, and these have tables.");
            }
        } catch (SQLException failure) {
            throw new MigrationException("PostgreSQL cannot be used: " + failure.getMessage(), failure);
        } catch (ClickHouseException failure) {
            throw new MigrationException("ClickHouse cannot be used: " + failure.getMessage(), failure);
        }
    }

    private static String version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet last = statement.executeQuery(
                        "SELECT version FROM flyway_schema_history WHERE success ORDER BY installed_rank DESC LIMIT 1")) {
            if (!last.next()) {
                throw new MigrationException("PostgreSQL has no tables of Quarry.");
            }
            return last.getString(1);
        }
    }

    private String onCluster() {
        return clickHouse.cluster().map(Cluster::onCluster).orElse("");
    }

    /**
     * Only the node that got the statement knows the backup, and a load balancer may choose another one for a later
     * connection: so it asks all nodes of a cluster.
     */
    private void run(String sql) {
        String id = UUID.randomUUID().toString();
        String backups = clickHouse
                .cluster()
                .map(cluster -> "clusterAllReplicas('%s', system.backups)".formatted(cluster.name()))
                .orElse("system.backups");
        try (Client client = clickHouse.open()) {
            ClickHouseStatements statements = new ClickHouseStatements(client);
            statements.execute(sql + "id = '%s' ASYNC".formatted(id));
            BackupWait.untilEnd(
                    id,
                    () -> statements.query("""
                            SELECT toString(status) AS state, error FROM %s WHERE id = {id:String}
                            SETTINGS skip_unavailable_shards = 1
                            """.formatted(backups), Map.of("id", id)).stream()
                            .findFirst()
                            .map(row -> new BackupWait.State(row.getString("state"), row.getString("error"))),
                    Thread::sleep);
        } catch (ClickHouseException failure) {
            throw new MigrationException("ClickHouse refused: " + failure.getMessage(), failure);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new MigrationException("Interrupted while ClickHouse ran a backup.", interruption);
        }
    }
}
