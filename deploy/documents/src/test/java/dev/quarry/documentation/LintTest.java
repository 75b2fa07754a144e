package dev.quarry.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Lints the committed OpenAPI documents with Redocly's linter, which {@code npm ci} installs in this folder. */
class LintTest {
    private static final Path LINTER = Repository.MODULE.resolve("node_modules/@redocly/cli/bin/cli.js");
    private static final Pattern NODE = Pattern.compile("v(\\d+)\\.(\\d+)\\..*");

    private record Result(int status, String output) {}

    @Test
    void theDocumentsHaveNoFault() {
        requireLinter();
        List<String> command = new ArrayList<>(
                List.of("node", LINTER.toString(), "lint", "--config", "redocly.yaml", "--max-problems", "1000"));
        Repository.SERVICES.forEach(
                service -> command.add(Repository.document(service).toString()));
        Result linted = run(command);
        assertEquals(0, linted.status(), linted::output);
    }

    /** Without the linter the test is skipped; on CI it fails. */
    private static void requireLinter() {
        String fault = fault();
        if (!fault.isEmpty()) {
            if ("true".equals(System.getenv("CI"))) {
                fail(fault);
            }
            abort(fault);
        }
    }

    private static String fault() {
        if (!Files.exists(LINTER)) {
            return "The linter is not installed: run `npm ci --ignore-scripts` in deploy/documents";
        }
        String version;
        try {
            version = run(List.of("node", "--version")).output().strip();
        } catch (UncheckedIOException absent) {
            version = "none";
        }
        return runsOn(version)
                ? ""
                : "The linter needs Node.js 22.12 or later, or 20.19 or later of 20, not " + version;
    }

    private static boolean runsOn(String node) {
        Matcher version = NODE.matcher(node);
        if (!version.matches()) {
            return false;
        }
        int major = Integer.parseInt(version.group(1));
        int minor = Integer.parseInt(version.group(2));
        return (major == 20 && minor >= 19) || (major == 22 && minor >= 12) || major > 22;
    }

    private static Result run(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Repository.MODULE.toFile())
                .redirectErrorStream(true);
        // The linter would report its use and look for a newer version.
        builder.environment().put("REDOCLY_TELEMETRY", "off");
        builder.environment().put("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
