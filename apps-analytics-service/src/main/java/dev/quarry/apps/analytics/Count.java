package dev.quarry.apps.analytics;

import java.time.Instant;

/**
 * The events of a quarter of an hour or of five minutes, as far as they lie in the window.
 *
 * @param start its first instant, which may be before the window. The whole span lies in one bucket
 * @param events page views included
 */
record Count(Instant start, long errors, long events, long pageviews) {}
