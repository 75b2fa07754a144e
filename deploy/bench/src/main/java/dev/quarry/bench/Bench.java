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
     * What the service is asked where the service is what is measured, and not its SQL.
     *
     * @param typical a path with its query
     * @param largest the one with the largest answer; empty where no answer is much larger than the typical one
     */
    record Questions(String typical, Optional<String> largest) {}

    /** Fills the stores with as much as the answers to {@link #questions} need. */
    void fill(Stage stage) throws Exception;

    Questions questions();

    /**
     * Prints what it finds.
     *
     * @param rows bronze rows to make, roughly
     */
    void run(Stage stage, long rows) throws Exception;
}
