package dev.quarry.start;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Where every service starts. */
@QuarkusMain
public final class Main {
    private Main() {}

    public static void main(String... arguments) {
        // Quarkus answers a malformed URL with an empty 400 before anything of ours runs; we answer it in the family's
        // shape.
        System.setProperty("vertx.disableURIValidation", "true");
        Quarkus.run(arguments);
    }
}
