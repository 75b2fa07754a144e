package dev.quarry.refining;

/**
 * How the {@link Auditor} compares gold with bronze: two statements that must give the same rows of {@code bucket} (a DateTime)
 * and {@code sums} (a String that a person can read). Both take {@code {organization:String}}, and {@code {from:DateTime('UTC')}}
 * and {@code {to:DateTime('UTC')}}, whole days, for the buckets from the one to before the other. A bucket without events has
 * no row, or one in which all numbers are 0 is left out. Where a statement gives several rows of a bucket, they belong together.
 *
 * <p>Sums are cheap and still find a number in the wrong place: beside the counts, a hash of what a row of gold is about, as
 * often as it is counted, added up.
 *
 * <p>What retention may have taken from bronze already is left out of both.
 *
 * @param bronze reads the events
 * @param gold reads what was made of them
 */
public record Comparison(String bronze, String gold) {}
