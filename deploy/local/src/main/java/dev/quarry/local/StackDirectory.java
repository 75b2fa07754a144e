package dev.quarry.local;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The directory of a stack's data, logs and keys. One stack at a time uses it; other users cannot read it. */
final class StackDirectory implements AutoCloseable {

    private final Path root;
    private final FileChannel lock;

    private StackDirectory(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /** @throws StartException if it cannot be created, or another stack uses it */
    static StackDirectory open(Path root) throws StartException {
        try {
            PrivateFiles.directory(root);
            PrivateFiles.directory(root.resolve("data"));
            PrivateFiles.directory(root.resolve("logs"));
            FileChannel lock = FileChannel.open(root.resolve("lock"), CREATE, WRITE);
            if (!acquire(lock)) {
                lock.close();
                throw new StartException(
                        "Another ./quarry up runs on %s: stop it, or choose another directory with --data=DIR."
                                .formatted(root));
            }
            return new StackDirectory(root, lock);
        } catch (IOException failure) {
            throw new StartException("The directory %s cannot be used: %s.".formatted(root, failure), failure);
        }
    }

    /** The operating system releases the lock when this process ends, also after a crash. */
    private static boolean acquire(FileChannel lock) throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
    }

    Path data() {
        return root.resolve("data");
    }

    Path keys() {
        return root.resolve("keys.env");
    }

    /** {@return the file with addresses and passwords of the running stores, for {@code ./quarry load}} */
    Path stores() {
        return root.resolve("stores.env");
    }

    /** {@return where backups are written, unless {@code QUARRY_BACKUP_DIRECTORY} names another directory} */
    Path backups() {
        return Optional.ofNullable(System.getenv("QUARRY_BACKUP_DIRECTORY"))
                .filter(set -> !set.isEmpty())
                .map(set -> Path.of(set).toAbsolutePath())
                .orElse(root.resolve("backups"));
    }

    Path processes() {
        return root.resolve("processes");
    }

    /** Creates a new log, which replaces the one of an earlier start. */
    Path log(String name) throws IOException {
        return PrivateFiles.empty(root.resolve("logs").resolve(name.toLowerCase(Locale.ROOT) + ".log"));
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(stores());
        lock.close();
    }
}
