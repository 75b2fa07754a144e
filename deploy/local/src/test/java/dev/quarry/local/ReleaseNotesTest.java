package dev.quarry.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./quarry image notes}, with a script in place of the container engine. */
class ReleaseNotesTest {
    private static final String REGISTRY = "registry.example.com/quarry";
    private static final List<String> IMAGES = List.of(
            "migrator",
            "apps-analytics-service",
            "product-metrics-service",
            "integration-analytics-service",
            "org-analytics-service");

    @TempDir
    private Path checkout;

    private record Notes(int status, String text) {}

    @BeforeEach
    void release() throws IOException {
        Path command = checkout.resolve("deploy/containers/image");
        Files.createDirectories(command.getParent());
        Files.copy(Path.of(System.getProperty("quarry.home"), "deploy/containers/image"), command);
        Files.writeString(checkout.resolve("deploy/CHANGELOG.md"), """
                # Changelog

                ## [Unreleased]

                ### Added

                - Not yet.

                ## [1.2.0] - 2026-12-24

                ### Fixed

                - A fault.

                ## [1.1.0] - 2026-12-01

                ### Added

                - Long ago.
                """);
        Path bills = Files.createDirectories(checkout.resolve(".quarry/sbom"));
        for (String image : IMAGES) {
            Files.writeString(bills.resolve(image + "-1.2.0.cdx.json"), "bill of " + image);
        }
        engine("""
                for image; do :; done
                name=${image%:1.2.0}
                echo "elsewhere.example.com/$(basename "$name")@sha256:other"
                echo "$name@sha256:$(basename "$name")"
                """);
    }

    private void engine(String script) throws IOException {
        Path engine = checkout.resolve("engine");
        Files.writeString(engine, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(engine, PosixFilePermissions.fromString("rwx------"));
    }

    private Notes notes(String version) throws Exception {
        ProcessBuilder command =
                new ProcessBuilder(checkout.resolve("deploy/containers/image").toString(), "notes", REGISTRY);
        command.environment()
                .put("QUARRY_CONTAINER_ENGINE", checkout.resolve("engine").toString());
        command.environment().put("QUARRY_VERSION", version);
        Process process = command.redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        return new Notes(process.exitValue(), text);
    }

    @Test
    void notesHaveTheChangesAndEachImageWithDigestAndSbom() throws Exception {
        StringBuilder images = new StringBuilder();
        for (String image : IMAGES) {
            byte[] bill = ("bill of " + image).getBytes(StandardCharsets.UTF_8);
            String sum = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bill));
            images.append(
                    "| `%1$s/%2$s@sha256:%2$s` | `%2$s-1.2.0.cdx.json` | `%3$s` |\n".formatted(REGISTRY, image, sum));
        }
        assertEquals(new Notes(0, """
                # Quarry 1.2.0

                ### Fixed

                - A fault.

                ### Images

                | image | SBOM | SHA-256 of the SBOM |
                |---|---|---|
                """ + images), notes("1.2.0"));
    }

    @Test
    void gatewayIsListedIfItWasBuilt() throws Exception {
        Files.writeString(checkout.resolve(".quarry/sbom/gateway-1.2.0.cdx.json"), "bill");
        assertTrue(notes("1.2.0").text().contains("| `registry.example.com/quarry/gateway@sha256:gateway` |"));
    }

    @Test
    void versionWithoutChangesIsRefused() throws Exception {
        assertRefused(notes("1.3.0"), "deploy/CHANGELOG.md has no part for 1.3.0.");
    }

    @Test
    void imageThatWasNotPushedIsRefused() throws Exception {
        engine("echo elsewhere.example.com/migrator@sha256:other\n");
        assertRefused(notes("1.2.0"), "registry.example.com/quarry/migrator:1.2.0 has no digest: push it first.");
    }

    @Test
    void imageWithoutSbomIsRefused() throws Exception {
        Files.delete(checkout.resolve(".quarry/sbom/org-analytics-service-1.2.0.cdx.json"));
        assertRefused(notes("1.2.0"), "has no org-analytics-service-1.2.0.cdx.json: run ./quarry image first.");
    }

    private static void assertRefused(Notes notes, String reason) {
        assertNotEquals(0, notes.status());
        assertTrue(notes.text().strip().endsWith(reason), notes.text());
    }
}
