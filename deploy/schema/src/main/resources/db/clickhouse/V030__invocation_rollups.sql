-- Gold of the integrations API: a row for every hour and every day (UTC), for all invocations, for each integration, for
-- each mode, and for both. A day also has a row for each error category of these. The rollup job rebuilds a day at a time;
-- the largest version counts.
--
-- The rows that an answer needs are next to each other: level and dimensions tell which of its lists they belong to. The
-- row of an hour has its percentiles. For percentiles over several days, the row of a day has the frequency of each
-- latency: this is exact, and there are far fewer latencies than invocations.
CREATE TABLE IF NOT EXISTS `${database}`.invocation_rollups
(
    organization_id LowCardinality(String),
    level LowCardinality(String) COMMENT 'hour or day',
    dimensions UInt8 COMMENT 'The row is for: 0 all invocations, 1 an integration, 2 a mode, 3 both; 4 more: the failures of one error category',
    integration_key LowCardinality(String) COMMENT 'Empty if the row is for all integrations',
    mode LowCardinality(String) COMMENT 'Empty if the row is for all modes',
    error_category LowCardinality(String) COMMENT 'Empty if the row is for all categories',
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
    latencies Array(UInt32) COMMENT 'Days only: the distinct latencies, ascending' CODEC(Delta, ZSTD(1)),
    latency_counts Array(UInt64) COMMENT 'Days only: number of invocations with each latency' CODEC(T64, ZSTD(1)),
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(bucket)
ORDER BY (organization_id, level, dimensions, integration_key, mode, error_category, bucket)
-- A tenant's month has tens of rows of a kind, not thousands.
SETTINGS index_granularity = 256
COMMENT 'Gold: invocations by hour and day, integration, mode and error category';

-- Marks: the days of organisations that the rollup job has to rebuild (see V010).
CREATE TABLE IF NOT EXISTS `${database}`.invocation_marks
(
    organization_id LowCardinality(String),
    bucket DateTime('UTC') COMMENT 'Start of the day',
    mark UUID DEFAULT generateUUIDv4(),
    sign Int8 DEFAULT 1 COMMENT '1 creates the mark, -1 clears it',
    at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'When the mark was created',
    source LowCardinality(String) DEFAULT '' COMMENT 'The bronze table of the witness; empty if there is no witness',
    app_id LowCardinality(String) DEFAULT '' COMMENT 'Column of the witness',
    time DateTime64(3, 'UTC') DEFAULT 0 COMMENT 'Column of the witness',
    event_id UUID DEFAULT toUUID('00000000-0000-0000-0000-000000000000') COMMENT 'Column of the witness',
    delivered DateTime64(9, 'UTC') DEFAULT 0 COMMENT 'Column of the witness'
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
