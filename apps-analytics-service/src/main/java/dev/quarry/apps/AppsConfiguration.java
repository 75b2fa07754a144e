package dev.quarry.apps;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What this service may spend on one request. */
@ConfigMapping(prefix = "quarry.apps")
public interface AppsConfiguration {

    /** How many entries a text search looks through before it answers with what it has found and where to go on. */
    @WithDefault("500000")
    int searchRows();

    /**
     * How long an hour is still read from bronze after it was refined: more than this process's clock and those of the
     * engine's replicas differ.
     */
    @WithDefault("10s")
    Duration settling();

    /** Live tails of logs. */
    Tail tail();

    /** A tail holds a connection and asks the engine again and again, so all of it is bounded. */
    interface Tail {
        /** Open at once for one organisation; one more is answered with 429. */
        @WithDefault("20")
        int mostPerOrganization();

        /** Open at once in this process; one more is answered with 503. */
        @WithDefault("500")
        int most();

        /** The time between two looks at the log. */
        @WithDefault("1s")
        Duration interval();

        /** The longest silence: a comment is sent then, which keeps the connection open and finds out who has gone. */
        @WithDefault("15s")
        Duration heartbeat();

        /** How much later than entries of its time an entry may arrive and still be told. */
        @WithDefault("30s")
        Duration lateness();

        /**
         * After this the stream ends, and the client comes back by itself with {@code Last-Event-ID} and its key, which
         * may have expired meanwhile. One that is revoked ends it at once.
         */
        @WithDefault("5m")
        Duration lifetime();
    }
}
