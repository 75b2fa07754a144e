/**
 * The rollup job: makes silver and gold from bronze. It runs in the service that owns the rollup, on one replica at a
 * time, and rebuilds dirty buckets. A service provides a {@link dev.quarry.rollup.RollupDefinition} and a marks table,
 * and puts {@link dev.quarry.rollup.WithDataAsOf} on the resources that read what the rollup writes.
 */
package dev.quarry.rollup;
