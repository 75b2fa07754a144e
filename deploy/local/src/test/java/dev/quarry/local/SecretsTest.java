package dev.quarry.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
    @TempDir
    private Path folder;

    @Test
    void aStoredSecretStaysTheSame() throws IOException {
        Path file = folder.resolve("password");
        String secret = Secrets.kept(file);
        assertEquals(secret, Secrets.kept(file));
        assertNotEquals(secret, Secrets.kept(folder.resolve("another")));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void anEmptyFileIsNoSecret() throws IOException {
        Path file = Files.createFile(folder.resolve("password"));
        assertThrows(IOException.class, () -> Secrets.kept(file));
    }
}
