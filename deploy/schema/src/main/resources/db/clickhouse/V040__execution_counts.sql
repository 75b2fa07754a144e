-- Gold of the organisations API: what every answer about executions is added up from. Quarters of an hour, because there
-- are time zones whose hours and days begin at half past, or at a quarter to: with whole hours they would have to be
-- counted from bronze.
CREATE TABLE IF NOT EXISTS `${database}`.execution_counts
(
    organization_id LowCardinality(String),
    workspace_id LowCardinality(String),
    quarter DateTime('UTC') COMMENT 'Start of a quarter of an hour' CODEC(DoubleDelta, ZSTD(1)),
    success UInt64 CODEC(T64, ZSTD(1)),
    failed UInt64 CODEC(T64, ZSTD(1)),
    newest DateTime64(3, 'UTC') COMMENT 'Time of the newest execution counted' CODEC(DoubleDelta, ZSTD(1)),
    version UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (organization_id, workspace_id, quarter)
COMMENT 'Gold: executions by workspace and quarter of an hour; a rebuild replaces a row by one of a larger version';

-- Which hours were inserted into, for the job that rebuilds them (see dev.quarry.refining.Refinement).
CREATE TABLE IF NOT EXISTS `${database}`.execution_marks
(
    organization_id LowCardinality(String),
    bucket DateTime('UTC'),
    mark UUID,
    at DateTime64(3, 'UTC'),
    settled UInt8
)
ENGINE = ReplacingMergeTree(settled)
ORDER BY (organization_id, bucket, mark)
TTL toDateTime(at) + toIntervalHour(1) DELETE WHERE settled = 1
COMMENT 'Hours of executions to rebuild';

CREATE MATERIALIZED VIEW IF NOT EXISTS `${database}`.execution_marking TO `${database}`.execution_marks AS
SELECT
    organization_id,
    toStartOfHour(time, 'UTC') AS bucket,
    generateUUIDv4() AS mark,
    now64(3, 'UTC') AS at,
    0 AS settled
FROM `${database}`.executions
GROUP BY organization_id, bucket;
