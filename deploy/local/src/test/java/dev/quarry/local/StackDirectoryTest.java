package dev.quarry.local;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackDirectoryTest {

    @TempDir
    private Path temporary;

    @Test
    void onlyTheOwnerCanReadIt() throws Exception {
        Path root = temporary.resolve("a b/state");
        try (StackDirectory directory = StackDirectory.open(root)) {
            assertEquals("rwx------", permissions(root));
            assertEquals("rwx------", permissions(directory.data()));
            assertEquals("rw-------", permissions(directory.log("Engine")));
            assertEquals("engine.log", directory.log("Engine").getFileName().toString());
        }
    }

    @Test
    void removesOtherUsersAccess() throws Exception {
        Path root = Files.createDirectory(
                temporary.resolve("open"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));

        StackDirectory.open(root).close();

        assertEquals("rwx------", permissions(root));
    }

    @Test
    void isUsedByOneStackAtATime() throws Exception {
        StackDirectory first = StackDirectory.open(temporary);

        StartException refusal = assertThrows(StartException.class, () -> StackDirectory.open(temporary));
        assertTrue(refusal.getMessage().startsWith("Another ./quarry up runs on " + temporary), refusal.getMessage());

        first.close();
        assertDoesNotThrow(() -> StackDirectory.open(temporary).close());
    }

    @Test
    void forgetsTheStoresPasswordsWhenItIsClosed() throws Exception {
        StackDirectory directory = StackDirectory.open(temporary);
        PrivateFiles.write(directory.stores(), "secret");

        directory.close();

        assertFalse(Files.exists(directory.stores()));
    }

    @Test
    void neverShowsAKeyToOthers() throws IOException {
        Path keys = temporary.resolve("keys.env");
        Files.writeString(keys, "old");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-rw-rw-"));

        PrivateFiles.write(keys, "new");

        assertEquals("rw-------", permissions(keys));
        assertEquals("new", Files.readString(keys));
        try (var files = Files.list(temporary)) {
            assertEquals(1, files.count());
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
