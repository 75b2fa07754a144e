package dev.quarry.apps.analytics;

import java.util.List;

/**
 * The web vitals that have the most samples.
 *
 * @param summaries by name
 * @param omitted how many metrics have samples beside them
 */
record VitalSummaries(List<VitalSummary> summaries, long omitted) {}
