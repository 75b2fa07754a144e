package dev.quarry.apps.analytics;

import java.time.Instant;

/**
 * What happened in a slice of time, which lies in one bucket: some quarters of an hour, or five minutes.
 * Events and page views, which have no buckets, may stand at any time of the window.
 */
record Slice(Instant time, long errors, long events, long pageviews) {}
