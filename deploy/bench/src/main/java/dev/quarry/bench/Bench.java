package dev.quarry.bench;

import java.util.Optional;

/** The benchmark of one family: fills bronze on a {@link Stage}, and compares endpoints with scans of bronze. */
interface Bench {

    /** {@return the name on the command line} */
    String family();

    /** {@return the module of the service} */
    String service();

    /** {@return the permission of its endpoints} */
    String permission();

    /**
     * Requests that measure the service more than its SQL.
     *
     * @param typical a path with its query
     * @param largest the path with the largest answer; empty if no answer is much larger than the typical one
     */
    record Questions(String typical, Optional<String> largest) {}

    /** Fills the stores with the data that {@link #questions} need. */
    void fill(Stage stage) throws Exception;

    Questions questions();

    /**
     * Measures, and prints the results.
     *
     * @param rows approximate number of bronze rows
     */
    void run(Stage stage, long rows) throws Exception;
}
