package dev.quarry.apps.analytics;

import java.util.List;

/**
 * The web vitals with the most samples.
 *
 * @param summaries by name
 * @param omitted how many other metrics have samples
 */
record VitalSummaries(List<VitalSummary> summaries, long omitted) {
    static final VitalSummaries NONE = new VitalSummaries(List.of(), 0);
}
