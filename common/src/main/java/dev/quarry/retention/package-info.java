/** Tells clients which days of an answer are complete, because their rows are still kept. */
package dev.quarry.retention;
