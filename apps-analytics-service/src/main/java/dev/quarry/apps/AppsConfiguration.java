package dev.quarry.apps;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Limits of this service's requests. */
@ConfigMapping(prefix = "quarry.apps")
public interface AppsConfiguration {

    /**
     * How many entries a text search reads before it returns the entries found so far and a cursor to the next page.
     */
    @WithDefault("500000")
    int searchRows();

    /** Live tails of logs. */
    Tail tail();

    /** A tail holds a connection and queries the engine again and again, so its use is limited. */
    interface Tail {
        /** Maximum number of open tails of one organisation on one replica; one more is answered with 429. */
        @WithDefault("20")
        int mostPerOrganization();

        /** Maximum number of open tails of one replica; one more is answered with 503. */
        @WithDefault("500")
        int most();

        /**
         * Bytes of the entries that the tails of one replica hold, because they wait for their clients or are being sent;
         * one organisation may hold a quarter. A tail without memory ends, and its client resumes.
         */
        @WithDefault("16777216")
        long memory();

        /** The time between two looks at a log. All tails of an app with the same filter share their looks. */
        @WithDefault("1s")
        Duration interval();

        /** Number of connections to the engine for the looks of all tails, at least 1. */
        @WithDefault("2")
        int connections();

        /**
         * How long after its delivery an entry is sent. It must be longer than an INSERT takes and than the clocks of
         * engine and service differ. An entry that becomes visible later is lost for a client that is just reconnecting.
         */
        @WithDefault("1s")
        Duration settling();

        /**
         * The longest silence. Then the tail sends a comment, which keeps the connection open and shows whether the
         * client has gone.
         */
        @WithDefault("15s")
        Duration heartbeat();

        /**
         * How much later than other entries of its time an entry may arrive and still be sent. An entry that is more than
         * an hour old when it arrives is not sent.
         */
        @WithDefault("30s")
        Duration lateness();

        /**
         * After this time the stream ends. The client connects again by itself with {@code Last-Event-ID} and its key,
         * which may have expired meanwhile. A revoked key ends the stream at once.
         */
        @WithDefault("5m")
        Duration lifetime();
    }
}
