package dev.quarry.apps.analytics;

import java.time.Instant;

/**
 * What happened in a slice of time: a quarter of an hour, or five minutes, which lies in one bucket whatever the zone.
 * Events and page views, which have no buckets, may stand at any time of the window.
 */
record Slice(Instant time, long errors, long events, long pageviews) {}
