package dev.quarry.refining;

/**
 * A row of a marks table: rows were inserted into this bucket, or it has to be rebuilt for another reason.
 *
 * @param id tells marks of the same bucket apart, so that exactly those are cleared that were read before a rebuild
 * @param proven whether the rows that the mark stands for were seen in bronze
 */
record Mark(Bucket bucket, String id, boolean proven) {}
