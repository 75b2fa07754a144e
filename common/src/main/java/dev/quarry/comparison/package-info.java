/** The parameter {@code compare}, and the values of an earlier window beside those of the requested one. */
package dev.quarry.comparison;
