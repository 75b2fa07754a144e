-- Which organisation's which hour has been inserted into, for the refining job and for the overview: an hour with a mark
-- that is not settled is read from bronze, so that the overview is never behind.
CREATE TABLE IF NOT EXISTS `${database}`.app_marks
(
    organization_id LowCardinality(String),
    bucket DateTime('UTC') COMMENT 'The hour',
    mark UUID,
    at DateTime64(3, 'UTC') COMMENT 'When the insert was under way',
    settled UInt8
)
ENGINE = ReplacingMergeTree(settled)
ORDER BY (organization_id, bucket, mark)
TTL toDateTime(at) + toIntervalHour(1) DELETE WHERE settled = 1
COMMENT 'Hours of app events that gold does not reflect yet, or not for certain';

CREATE MATERIALIZED VIEW IF NOT EXISTS `${database}`.app_error_marking TO `${database}`.app_marks AS
SELECT
    organization_id,
    toStartOfHour(timestamp) AS bucket,
    generateUUIDv4() AS mark,
    now64(3, 'UTC') AS at,
    0 AS settled
FROM `${database}`.canvas_errors
GROUP BY organization_id, bucket;

CREATE MATERIALIZED VIEW IF NOT EXISTS `${database}`.app_vital_marking TO `${database}`.app_marks AS
SELECT
    organization_id,
    toStartOfHour(timestamp) AS bucket,
    generateUUIDv4() AS mark,
    now64(3, 'UTC') AS at,
    0 AS settled
FROM `${database}`.canvas_vitals
GROUP BY organization_id, bucket;

CREATE MATERIALIZED VIEW IF NOT EXISTS `${database}`.app_event_marking TO `${database}`.app_marks AS
SELECT
    organization_id,
    toStartOfHour(timestamp) AS bucket,
    generateUUIDv4() AS mark,
    now64(3, 'UTC') AS at,
    0 AS settled
FROM `${database}`.canvas_app_events
GROUP BY organization_id, bucket;

-- One row an app and hour, replaced as a whole. A bin of web vitals is the first 16 bits of the value's floating-point form
-- (15 to 16 bins to a doubling), which grow with the value. How many samples each bin has stands here, as arrays, because
-- a histogram of a month is then 720 rows instead of a quarter of a million.
CREATE TABLE IF NOT EXISTS `${database}`.app_hours
(
    organization_id LowCardinality(String),
    app_id LowCardinality(String),
    hour DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    version UInt64,
    errors Array(UInt64) COMMENT 'By quarter of the hour, since there are zones that are quarters of an hour off',
    events UInt64 COMMENT 'Page views among them',
    pageviews UInt64,
    vitals Nested(metric_name LowCardinality(String), bin Int16, samples UInt64)
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(hour)
ORDER BY (organization_id, app_id, hour)
SETTINGS index_granularity = 128
COMMENT 'Gold: what happened in an app in an hour';

-- Every sample of web vitals, once, by app, metric and bin. A percentile is found among the counts of the bins, and its
-- exact value among the values of one of them. Blocks and granules are small, since only few bins are ever read.
-- Only rows with the version of their hour in app_hours count: a bin that an hour no longer has is never written again.
CREATE TABLE IF NOT EXISTS `${database}`.app_vital_bins
(
    organization_id LowCardinality(String),
    app_id LowCardinality(String),
    metric_name LowCardinality(String),
    bin Int16,
    hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
    version UInt64 CODEC(Delta, ZSTD(1)),
    samples UInt64 CODEC(T64, ZSTD(1)),
    least Float64,
    sorted Array(Float64) COMMENT 'Ascending; empty where all are the same' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(hour)
ORDER BY (organization_id, app_id, metric_name, bin, hour)
SETTINGS index_granularity = 256, min_compress_block_size = 1024
COMMENT 'Gold: web vitals of an app in an hour, by size';
