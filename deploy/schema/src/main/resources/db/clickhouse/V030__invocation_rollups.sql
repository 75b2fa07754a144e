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

-- Marks: the days of organisations that the rollup job has to rebuild (see V010).
CREATE TABLE IF NOT EXISTS `${database}`.invocation_marks
(
    organization_id LowCardinality(String),
    bucket DateTime('UTC') COMMENT 'Start of the day',
    mark UUID DEFAULT generateUUIDv4(),
    sign Int8 DEFAULT 1 COMMENT '1 makes the mark, -1 clears it',
    at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'When the mark was made',
    source LowCardinality(String) DEFAULT '' COMMENT 'The bronze table of the witness; empty where there is no witness',
    app_id LowCardinality(String) DEFAULT '' COMMENT 'Of the witness',
    time DateTime64(3, 'UTC') DEFAULT 0 COMMENT 'Of the witness',
    event_id UUID DEFAULT toUUID('00000000-0000-0000-0000-000000000000') COMMENT 'Of the witness',
    delivered DateTime64(9, 'UTC') DEFAULT 0 COMMENT 'Of the witness'
)
ENGINE = CollapsingMergeTree(sign)
ORDER BY (organization_id, bucket, mark)
COMMENT 'Days of invocations to rebuild in rollups';

CREATE MATERIALIZED VIEW IF NOT EXISTS `${database}`.invocation_marking TO `${database}`.invocation_marks AS
SELECT
    organization_id,
    toStartOfDay(rows.time, 'UTC') AS bucket,
    generateUUIDv4() AS mark,
    1 AS sign,
    now64(3, 'UTC') AS at,
    'invocations' AS source,
    '' AS app_id,
    argMin(rows.time, rows.event_id) AS time,
    min(rows.event_id) AS event_id,
    argMin(rows.delivered, rows.event_id) AS delivered
FROM `${database}`.invocations AS rows
GROUP BY organization_id, bucket;
