-- Gold of the organisations API: answers about executions are sums of these rows. A row is a quarter of an hour, because
-- in some time zones hours and days begin at half past or at a quarter to.
CREATE TABLE IF NOT EXISTS `${database}`.execution_counts
(
    organization_id LowCardinality(String),
    workspace_id LowCardinality(String),
    quarter DateTime('UTC') COMMENT 'Start of a quarter of an hour' CODEC(DoubleDelta, ZSTD(1)),
    success UInt64 CODEC(T64, ZSTD(1)),
    failed UInt64 CODEC(T64, ZSTD(1)),
    newest DateTime64(3, 'UTC') COMMENT 'Time of the newest counted execution' CODEC(DoubleDelta, ZSTD(1)),
    version UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (organization_id, workspace_id, quarter)
COMMENT 'Gold: executions by workspace and quarter of an hour; the row with the largest version counts';

-- Marks: the hours of organisations that the rollup job has to rebuild (see V010).
CREATE TABLE IF NOT EXISTS `${database}`.execution_marks
(
    organization_id LowCardinality(String),
    bucket DateTime('UTC') COMMENT 'Start of the hour',
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
COMMENT 'Hours of executions to rebuild in counts';

CREATE MATERIALIZED VIEW IF NOT EXISTS `${database}`.execution_marking TO `${database}`.execution_marks AS
SELECT
    organization_id,
    toStartOfHour(rows.time, 'UTC') AS bucket,
    generateUUIDv4() AS mark,
    1 AS sign,
    now64(3, 'UTC') AS at,
    'executions' AS source,
    '' AS app_id,
    argMin(rows.time, rows.event_id) AS time,
    min(rows.event_id) AS event_id,
    argMin(rows.delivered, rows.event_id) AS delivered
FROM `${database}`.executions AS rows
GROUP BY organization_id, bucket;
