/** Shares the engine between organisations. */
package dev.quarry.fairness;
