package dev.quarry.apps.analytics;

/**
 * A metric's percentiles by nearest rank: of n samples in ascending order, percentile p is number ⌈p × n ÷ 100⌉. It is
 * always a value that was measured, never interpolated.
 */
record VitalSummary(String metric, double p50, double p75, double p95, long samples) {}
