package dev.quarry.bench;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

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
     * @param remembered the path of an answer that the cache keeps; empty if the family has none
     * @param largest the path with the largest answer; empty if no answer is much larger than the typical one
     */
    record Questions(String typical, Optional<String> remembered, Optional<String> largest) {}

    /** Fills the stores with the data that {@link #questions} need. */
    void fill(Stage stage) throws Exception;

    Questions questions();

    /**
     * An endpoint whose first answer is compared with the engine's own answer to the same statements.
     *
     * @param engineReads the processor time that its statements may take, in bare reads of gold; empty if there is no goal
     */
    record Endpoint(String name, String path, OptionalDouble engineReads) {}

    /** Endpoints that read ClickHouse, with the data of {@link #fill}. */
    List<Endpoint> endpoints();

    /** Loads bronze, and waits until the rollup job has rebuilt its buckets. */
    void load(Stage stage, long rows) throws Exception;

    /**
     * An endpoint, and the statements on bronze that have the same numbers.
     *
     * @param ratio how many times faster the endpoint should be with 20 million rows
     */
    record Comparison(String name, String path, List<String> raw, double ratio) {}

    /** Endpoints to compare with scans of bronze after {@link #load}. */
    List<Comparison> comparisons();

    /**
     * Measures, and prints the results.
     *
     * @param rows approximate number of bronze rows
     */
    void run(Stage stage, long rows) throws Exception;
}
