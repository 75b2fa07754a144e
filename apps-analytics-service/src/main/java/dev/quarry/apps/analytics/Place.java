package dev.quarry.apps.analytics;

/**
 * The place of a percentile among the samples of a bin.
 *
 * @param rank the smallest sample has rank 1
 */
record Place(Bin bin, int percent, long rank) {}
