package dev.quarry.refining;

/**
 * A row of a marks table: something was inserted into this bucket.
 *
 * @param id tells marks of the same bucket apart, so that exactly those are settled that were read before a rebuild
 * @param ripe whether it was older than the grace when it was read
 */
record Mark(Bucket bucket, String id, boolean ripe) {}
