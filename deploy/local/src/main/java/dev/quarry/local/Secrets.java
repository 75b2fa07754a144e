package dev.quarry.local;

import dev.quarry.schema.accounts.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Secrets that are kept in files. */
final class Secrets {

    private Secrets() {}

    /** Reads the secret from the file; creates both if the file does not exist. */
    static String kept(Path file) throws IOException {
        if (!Files.exists(file)) {
            PrivateFiles.write(file, Secret.letters() + "\n");
        }
        String secret = Files.readString(file).strip();
        if (secret.isEmpty()) {
            throw new IOException(file + " is empty: delete it, and Quarry makes a new password");
        }
        return secret;
    }
}
