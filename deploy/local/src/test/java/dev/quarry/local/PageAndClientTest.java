package dev.quarry.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.quarry.local.gateway.Nginx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the tests of the TypeScript client and, in a browser, of the page against a stack. They are in
 * {@code deploy/clients/typescript/test} and {@code deploy/page/test}.
 */
@Timeout(900)
class PageAndClientTest {

    private static final Path PROJECT = Path.of(System.getProperty("quarry.home"));
    /** The tests of a minute send more requests with one key than the default allows. */
    private static final Map<String, String> SETTINGS = Map.of("QUARRY_RATE_LIMIT_REQUESTS", "1000");

    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");

    @TempDir
    private static Path temporary;

    private static LaunchedStack stack;

    @BeforeAll
    static void start() throws IOException {
        stack = LaunchedStack.start(temporary.resolve("state"), LaunchedStack.freePorts(), SETTINGS);
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.stop();
        }
    }

    @Test
    void theClientKeepsItsPromises() throws Exception {
        run("deploy/clients/typescript", "test/client.test.mjs", "");
    }

    @Test
    void theClientReadsTheStack() throws Exception {
        run("deploy/clients/typescript", "test/stack.mjs", "");
    }

    @Test
    void thePageShowsTheNumbersOfTheApis() throws Exception {
        run("deploy/page", "test/page.mjs", browser());
    }

    @Test
    void theNginxOfDeploymentsServesThePage() throws Exception {
        Nginx.require();
        String browser = browser();
        Map<String, String> settings = Map.of(
                "QUARRY_GATEWAY_PAGE", Nginx.page(temporary.resolve("page")).toString(),
                "QUARRY_APPS_UPSTREAM", "127.0.0.1:" + stack.port(Port.APPS),
                "QUARRY_METRICS_UPSTREAM", "127.0.0.1:" + stack.port(Port.METRICS),
                "QUARRY_INTEGRATIONS_UPSTREAM", "127.0.0.1:" + stack.port(Port.INTEGRATIONS),
                "QUARRY_ORGS_UPSTREAM", "127.0.0.1:" + stack.port(Port.ORG));
        try (Nginx nginx = Nginx.start(Files.createDirectory(temporary.resolve("nginx")), settings)) {
            run("deploy/page", "test/deployed.mjs", browser, "http://127.0.0.1:" + nginx.port());
        }
    }

    private static void run(String folder, String test, String browser) throws IOException, InterruptedException {
        run(folder, test, browser, link());
    }

    private static void run(String folder, String test, String browser, String link)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(
                        "bash",
                        "-euc",
                        "set -a; source \"$1/keys.env\"; source \"$1/stores.env\"; exec node --test --test-reporter=spec \"$2\"",
                        "bash",
                        temporary.resolve("state").toString(),
                        test)
                .directory(PROJECT.resolve(folder).toFile())
                .redirectErrorStream(true);
        builder.environment().put("BROWSER", browser);
        builder.environment().put("PAGE_LINK", link);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
    }

    /** The link that signs in, as {@code ./quarry up} prints it. */
    private static String link() {
        return stack.output()
                .lines()
                .filter(line -> line.contains("/#code="))
                .map(line -> line.substring(line.indexOf("http")))
                .findFirst()
                .orElseThrow();
    }

    /** Without a browser the test is skipped; on CI it fails. */
    private static String browser() {
        Optional<Path> found = Stream.of(System.getenv("PATH").split(":", -1))
                .flatMap(folder -> BROWSERS.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty()) {
            String missing = "The page's tests need a browser: install Chromium";
            if ("true".equals(System.getenv("CI"))) {
                fail(missing);
            }
            abort(missing);
        }
        return found.orElseThrow().toString();
    }
}
