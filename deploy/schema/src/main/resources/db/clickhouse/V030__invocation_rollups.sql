-- What the dashboard of integrations reads: a row for every hour and every day (UTC), for all invocations together, for
-- each integration, for each mode, and for both. Rebuilt from bronze a day at a time; the larger version wins.
--
-- An hour's percentiles are ready to be read. Longer spans need percentiles of any number of days together, so a day also
-- counts how often each latency came: exact, and far fewer numbers than invocations.
CREATE TABLE IF NOT EXISTS `${database}`.invocation_rollups
(
    organization_id LowCardinality(String),
    level LowCardinality(String) COMMENT 'hour or day',
    dimensions UInt8 COMMENT 'What the row tells apart: 0 nothing, 1 integrations, 2 modes, 3 both',
    integration_key LowCardinality(String) COMMENT 'Empty where the row is about all of them',
    mode LowCardinality(String) COMMENT 'Empty where the row is about all of them',
    bucket DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    successful UInt64 CODEC(T64, ZSTD(1)),
    vendor_errors UInt64 CODEC(T64, ZSTD(1)),
    exceptions UInt64 CODEC(T64, ZSTD(1)),
    latency_sum UInt64 CODEC(T64, ZSTD(1)),
    latency_max UInt32 CODEC(T64, ZSTD(1)),
    p50 UInt32 COMMENT 'Percentiles by nearest rank' CODEC(T64, ZSTD(1)),
    p90 UInt32 CODEC(T64, ZSTD(1)),
    p95 UInt32 CODEC(T64, ZSTD(1)),
    p99 UInt32 CODEC(T64, ZSTD(1)),
    latencies Array(UInt32) COMMENT 'Days only: every latency there was, ascending' CODEC(Delta, ZSTD(1)),
    latency_counts Array(UInt64) COMMENT 'Days only: how often' CODEC(T64, ZSTD(1)),
    error_categories Array(LowCardinality(String)) COMMENT 'Hours only',
    error_vendor_errors Array(UInt64) COMMENT 'Hours only: vendor errors of each category',
    error_exceptions Array(UInt64) COMMENT 'Hours only: exceptions of each category',
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(bucket)
ORDER BY (organization_id, level, dimensions, integration_key, mode, bucket)
-- A tenant's month is tens of rows of a kind, not thousands.
SETTINGS index_granularity = 256
COMMENT 'Gold: invocations by hour and day, integration and mode';

-- Which days were inserted into. See dev.quarry.refining.Refinement.
CREATE TABLE IF NOT EXISTS `${database}`.invocation_marks
(
    organization_id LowCardinality(String),
    bucket DateTime('UTC') COMMENT 'Start of the day',
    mark UUID,
    at DateTime64(3, 'UTC'),
    settled UInt8
)
ENGINE = ReplacingMergeTree(settled)
ORDER BY (organization_id, bucket, mark)
TTL toDateTime(at) + toIntervalHour(1) DELETE WHERE settled = 1
COMMENT 'Days of invocations that rollups have to be rebuilt for';

CREATE MATERIALIZED VIEW IF NOT EXISTS `${database}`.invocation_marking TO `${database}`.invocation_marks AS
SELECT
    organization_id,
    toStartOfDay(time, 'UTC') AS bucket,
    generateUUIDv4() AS mark,
    now64(3, 'UTC') AS at,
    0 AS settled
FROM `${database}`.invocations
GROUP BY organization_id, bucket;
