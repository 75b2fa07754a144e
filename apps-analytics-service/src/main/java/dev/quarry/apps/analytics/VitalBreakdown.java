package dev.quarry.apps.analytics;

import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;

/** Whether the answer also has the web vitals of each page. */
@RegisterForReflection
record VitalBreakdown(
        @Parameter(
                name = "by",
                description =
                        "Extension: also tell the vitals of each page: the `groups` pages with the most samples, and the"
                                + " rest",
                example = "url")
        Optional<Dimension> by,

        @Parameter(
                name = "groups",
                description = "Extension: maximum number of pages, those with the most samples; ignored without `by`",
                minimum = 1,
                maximum = 50,
                defaultValue = "10",
                example = "10")
        int groups) {

    /** A property of samples. */
    enum Dimension {
        URL
    }

    /** Maximum number of pages; empty if the answer has none. */
    Optional<Integer> mostPages() {
        return by.map(_ -> groups);
    }
}
