package dev.quarry.bench;

import java.util.Optional;

/** What one family measures: fills its bronze on a {@link Stage}, then compares its endpoints with scans of bronze. */
interface Bench {

    /** What it is called on the command line. */
    String family();

    /** The module whose packaged service answers. */
    String service();

    /** A permission that its endpoints ask for. */
    String permission();

    /**
     * Requests that measure the service rather than its SQL.
     *
     * @param typical a path with its query
     * @param largest the path with the largest answer; empty if no answer is much larger than the typical one
     */
    record Questions(String typical, Optional<String> largest) {}

    /** Fills the stores with the data that {@link #questions} need. */
    void fill(Stage stage) throws Exception;

    Questions questions();

    /**
     * Prints what it finds.
     *
     * @param rows bronze rows to make, roughly
     */
    void run(Stage stage, long rows) throws Exception;
}
