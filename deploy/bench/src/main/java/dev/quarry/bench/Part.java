package dev.quarry.bench;

import java.util.List;
import java.util.Optional;

/** A part of the report, or what it has of one family. */
interface Part {

    /** {@return the name on the command line} */
    String name();

    /** {@return the heading in the report} */
    String title();

    /** {@return what is measured, in Markdown} */
    String text();

    /** {@return the name of the figure that the picture shows} */
    String chart();

    /** {@return the family that is measured; empty if the part does not measure each family alone} */
    default Optional<String> family() {
        return Optional.empty();
    }

    /** {@return what tells this result from others of the part; empty if the part has one result} */
    default String scope(Options options) {
        return family().orElse("");
    }

    List<Figure> measure(Options options) throws Exception;
}
