package dev.quarry.postgres;

import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An empty PostgreSQL that speaks TLS, with a certificate made for it, and the settings that a service needs for it: trust
 * in that certificate only, and user and password from {@link ProvidedCredentials}.
 */
public final class TlsPostgres implements QuarkusTestResourceLifecycleManager {
    private static final String PASSWORD = "changeit";

    private EmbeddedPostgres server;

    @Override
    public Map<String, String> start() {
        Map<String, String> settings = new HashMap<>(new Stores().start());
        settings.remove("quarkus.datasource.username");
        settings.remove("quarkus.datasource.password");
        try {
            Path directory = Files.createTempDirectory("quarry-tls");
            Path certificate = directory.resolve("server.crt");
            Path key = directory.resolve("server.key");
            makeCertificate(directory.resolve("server.p12"), certificate, key);
            server = EmbeddedPostgres.builder()
                    .setServerConfig("ssl", "on")
                    .setServerConfig("ssl_cert_file", certificate.toString())
                    .setServerConfig("ssl_key_file", key.toString())
                    .start();
            try (Connection connection = server.getPostgresDatabase().getConnection()) {
                connection.createStatement().execute("CREATE ROLE %s LOGIN".formatted(ProvidedCredentials.USER));
            }
            settings.put(
                    "quarkus.datasource.reactive.url",
                    "postgresql://localhost:%d/postgres".formatted(server.getPort()));
            settings.put("quarkus.datasource.reactive.postgresql.ssl-mode", "verify-full");
            settings.put("quarkus.datasource.reactive.hostname-verification-algorithm", "HTTPS");
            settings.put("quarkus.datasource.reactive.trust-certificate-pem", "true");
            settings.put("quarkus.datasource.reactive.trust-certificate-pem.certs", certificate.toString());
            settings.put("quarkus.datasource.credentials-provider", ProvidedCredentials.NAME);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (GeneralSecurityException | InterruptedException | SQLException failed) {
            throw new IllegalStateException(failed);
        }
        return settings;
    }

    @Override
    public void stop() {
        try {
            server.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void makeCertificate(Path store, Path certificate, Path key)
            throws IOException, InterruptedException, GeneralSecurityException {
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD))
                .inheritIO()
                .start();
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException("keytool failed");
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream content = Files.newInputStream(store)) {
            keys.load(content, PASSWORD.toCharArray());
        }
        Files.writeString(
                certificate, pem("CERTIFICATE", keys.getCertificate("server").getEncoded()));
        Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                key,
                pem("PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded()));
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(type, Base64.getMimeEncoder().encodeToString(content));
    }
}
