-- Marks: the days of organisations that the rollup job has to rebuild. All marks tables have this shape; see
-- dev.quarry.rollup.RollupDefinition.
--
-- A view creates a mark for each block of an INSERT and each of its buckets. The mark names a witness: one row of the
-- block, by its key and its delivery stamp. The block's rows of a bucket are in one part, and a part becomes visible as a
-- whole. So a rebuild that begins after the job saw the witness reads all of these rows, and may clear the mark.
--
-- A mark is cleared by a second row with sign = -1. The two rows leave the table in the same merge.
--
-- A mark without a witness (INSERT INTO event_marks (organization_id, bucket) VALUES (...)) requests a rebuild from the
-- rows that are visible already, for example after rows were deleted.
CREATE TABLE IF NOT EXISTS `${database}`.event_marks
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
COMMENT 'Days of events to rebuild in silver and gold';

CREATE MATERIALIZED VIEW IF NOT EXISTS `${database}`.event_marking TO `${database}`.event_marks AS
SELECT
    organization_id,
    toStartOfDay(rows.time, 'UTC') AS bucket,
    generateUUIDv4() AS mark,
    1 AS sign,
    now64(3, 'UTC') AS at,
    'events' AS source,
    '' AS app_id,
    argMin(rows.time, rows.event_id) AS time,
    min(rows.event_id) AS event_id,
    argMin(rows.delivered, rows.event_id) AS delivered
FROM `${database}`.events AS rows
GROUP BY organization_id, bucket;
