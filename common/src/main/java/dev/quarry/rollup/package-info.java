/**
 * How bronze becomes silver and gold: a job in the owning service, one replica at a time, that rebuilds the buckets that
 * were inserted into. A service provides a {@link dev.quarry.rollup.RollupDefinition}, puts
 * {@link dev.quarry.rollup.WithDataAsOf} on the resources that read what it writes, and has a marks table; the rest is here.
 */
package dev.quarry.rollup;
