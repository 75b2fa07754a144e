package dev.quarry.bench;

/** What one family measures: fills its bronze on a {@link Stage}, then compares its endpoints with scans of bronze. */
interface Bench {

    /** What it is called on the command line. */
    String family();

    /** The module whose packaged service answers. */
    String service();

    /** A permission that its endpoints ask for. */
    String permission();

    /**
     * Prints what it finds.
     *
     * @param rows bronze rows to make, roughly
     */
    void run(Stage stage, long rows) throws Exception;
}
