package dev.quarry.apps.analytics;

/**
 * A metric's percentiles by the nearest rank: of n samples in ascending order, p percent is the one at place ⌈p × n ÷ 100⌉.
 * Always a value that was measured, never one in between.
 */
record VitalSummary(String metric, double p50, double p75, double p95, long samples) {}
