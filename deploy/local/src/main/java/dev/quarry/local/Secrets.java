package dev.quarry.local;

import dev.quarry.schema.accounts.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Random secrets of letters and digits, which never need quoting. */
final class Secrets {

    private Secrets() {}

    static String next() {
        return Secret.letters();
    }

    /** Whether {@link #next} could have made it. */
    static boolean isSecret(String text) {
        return text.matches("[A-Za-z0-9]{40}");
    }

    /** Reads the secret from the file; creates both if the file does not exist. */
    static String kept(Path file) throws IOException {
        if (!Files.exists(file)) {
            PrivateFiles.write(file, next() + "\n");
        }
        String secret = Files.readString(file).strip();
        if (secret.isEmpty()) {
            throw new IOException(file + " is empty: delete it, and Quarry makes a new password");
        }
        return secret;
    }

    static byte[] sha256(String secret) {
        return Secret.sha256(secret);
    }
}
