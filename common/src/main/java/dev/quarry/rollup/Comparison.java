package dev.quarry.rollup;

/**
 * How the {@link Auditor} compares gold with bronze: two statements that must give the same rows of {@code bucket} (a
 * DateTime) and {@code sums} (a readable String). Both take {@code {organization:String}}, {@code
 * {from:DateTime('UTC')}} and {@code {to:DateTime('UTC')}}; the range is whole days, {@code to} excluded. A bucket
 * without events has no row; the comparison ignores rows of zeros. If a statement gives several rows of a bucket, they
 * are compared together.
 *
 * <p>Sums are cheap, and still find a number in the wrong row: beside the counts, they add up a hash of the key of each
 * row of gold, multiplied by the row's count.
 *
 * <p>Both leave out days whose events may have expired in part.
 *
 * @param bronze reads the events
 * @param gold reads the rollups
 */
public record Comparison(String bronze, String gold) {}
