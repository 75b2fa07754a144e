package dev.quarry.apps.analytics;

import java.time.Instant;

/**
 * The counts of a slice of time that lies in one bucket: some quarters of an hour, or five minutes. The counts of
 * events and page views, which have no buckets, may be in any slice of the window.
 */
record Slice(Instant time, long errors, long events, long pageviews) {}
