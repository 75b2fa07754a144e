package dev.quarry.bench;

import java.util.List;

/** A part of the report. */
interface Part {

    /** {@return the name on the command line} */
    String name();

    /** {@return the heading in the report} */
    String title();

    /** {@return what is measured, in Markdown} */
    String text();

    /** {@return the name of the figure that the picture shows} */
    String chart();

    List<Figure> measure(Options options) throws Exception;
}
