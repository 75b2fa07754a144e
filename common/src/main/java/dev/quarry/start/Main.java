package dev.quarry.start;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Starts a service. */
@QuarkusMain
public final class Main {
    private Main() {}

    public static void main(String... arguments) {
        // Quarkus answers a malformed URL with an empty 400 before our code runs. This setting lets our code answer it,
        // in the family's format.
        System.setProperty("vertx.disableURIValidation", "true");
        // Loads dev.quarry.request.UnreadableRequests.
        System.setProperty("io.netty.bootstrap.extensions", "serviceload");
        Quarkus.run(arguments);
    }
}
