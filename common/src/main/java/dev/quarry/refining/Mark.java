package dev.quarry.refining;

import java.time.Instant;

/**
 * A row of a marks table: something was inserted into this bucket.
 *
 * @param id tells marks of the same bucket apart, so that exactly those are settled that were read before a rebuild
 * @param at when the engine made it, by the engine's clock
 * @param ripe whether it was older than the grace when it was read
 */
record Mark(Bucket bucket, String id, Instant at, boolean ripe) {}
