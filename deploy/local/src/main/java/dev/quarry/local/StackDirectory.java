package dev.quarry.local;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Where one stack keeps its data, logs and keys; held by one stack at a time, and closed to other users. */
final class StackDirectory implements AutoCloseable {

    private final Path root;
    private final FileChannel lock;

    private StackDirectory(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /** @throws StartException when it cannot be made, or another stack holds it */
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

    /** The operating system gives the lock back when this process ends, in whatever way. */
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

    /** Where {@code ./quarry load} finds the addresses and passwords of the running stores. */
    Path stores() {
        return root.resolve("stores.env");
    }

    Path processes() {
        return root.resolve("processes");
    }

    /** A new log in place of an earlier start's. */
    Path log(String name) throws IOException {
        return PrivateFiles.empty(root.resolve("logs").resolve(name.toLowerCase(Locale.ROOT) + ".log"));
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(stores());
        lock.close();
    }
}
