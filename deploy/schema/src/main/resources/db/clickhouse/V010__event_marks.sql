-- Which organisation's which day has been inserted into, for the refining job. A mark is made by the engine itself within
-- the same insert; the job settles it by writing the same key with settled = 1.
CREATE TABLE IF NOT EXISTS `${database}`.event_marks
(
    organization_id LowCardinality(String),
    bucket DateTime('UTC') COMMENT 'The day',
    mark UUID,
    at DateTime64(3, 'UTC') COMMENT 'When the insert was under way, or when it was settled',
    settled UInt8
)
ENGINE = ReplacingMergeTree(settled)
ORDER BY (organization_id, bucket, mark)
TTL toDateTime(at) + toIntervalHour(1) DELETE WHERE settled = 1
COMMENT 'Days of events that silver and gold do not reflect yet, or not for certain';

CREATE MATERIALIZED VIEW IF NOT EXISTS `${database}`.event_marking TO `${database}`.event_marks AS
SELECT
    organization_id,
    toStartOfDay(time, 'UTC') AS bucket,
    generateUUIDv4() AS mark,
    now64(3, 'UTC') AS at,
    0 AS settled
FROM `${database}`.events
GROUP BY organization_id, bucket;
