package dev.quarry.rollup;

/**
 * A mark: rows were inserted into this bucket, or it has to be rebuilt for another reason.
 *
 * @param id distinguishes marks of the same bucket, so that a rebuild clears exactly the marks that it read before
 * @param proven whether the mark's witness was seen in bronze
 */
record DirtyMark(Bucket bucket, String id, boolean proven) {}
