/** Reuses answers while the data that they were read from has not changed. */
package dev.quarry.cache;
