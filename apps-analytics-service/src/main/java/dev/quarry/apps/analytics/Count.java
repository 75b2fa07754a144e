package dev.quarry.apps.analytics;

import java.time.Instant;

/**
 * The events of a slice of the window.
 *
 * @param start the slice's first instant; the slice may begin before the window, but lies in one bucket
 * @param events page views included
 */
record Count(Instant start, long errors, long events, long pageviews) {}
