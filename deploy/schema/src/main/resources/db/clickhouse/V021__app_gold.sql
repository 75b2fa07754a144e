-- Marks: the hours of organisations that the rollup job has to rebuild (see V010). The overview reads an hour from
-- bronze as long as the hour has a mark, so that the answer is never behind.
CREATE TABLE IF NOT EXISTS `${database}`.app_marks
(
    organization_id LowCardinality(String),
    bucket DateTime('UTC') COMMENT 'Start of the hour',
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
COMMENT 'Hours of app events to rebuild in gold';

CREATE MATERIALIZED VIEW IF NOT EXISTS `${database}`.app_error_marking TO `${database}`.app_marks AS
SELECT
    organization_id,
    toStartOfHour(rows.timestamp) AS bucket,
    generateUUIDv4() AS mark,
    1 AS sign,
    now64(3, 'UTC') AS at,
    'canvas_errors' AS source,
    argMin(rows.app_id, rows.event_id) AS app_id,
    argMin(rows.timestamp, rows.event_id) AS time,
    min(rows.event_id) AS event_id,
    argMin(rows.delivered, rows.event_id) AS delivered
FROM `${database}`.canvas_errors AS rows
GROUP BY organization_id, bucket;

CREATE MATERIALIZED VIEW IF NOT EXISTS `${database}`.app_vital_marking TO `${database}`.app_marks AS
SELECT
    organization_id,
    toStartOfHour(rows.timestamp) AS bucket,
    generateUUIDv4() AS mark,
    1 AS sign,
    now64(3, 'UTC') AS at,
    'canvas_vitals' AS source,
    argMin(rows.app_id, rows.event_id) AS app_id,
    argMin(rows.timestamp, rows.event_id) AS time,
    min(rows.event_id) AS event_id,
    argMin(rows.delivered, rows.event_id) AS delivered
FROM `${database}`.canvas_vitals AS rows
GROUP BY organization_id, bucket;

CREATE MATERIALIZED VIEW IF NOT EXISTS `${database}`.app_event_marking TO `${database}`.app_marks AS
SELECT
    organization_id,
    toStartOfHour(rows.timestamp) AS bucket,
    generateUUIDv4() AS mark,
    1 AS sign,
    now64(3, 'UTC') AS at,
    'canvas_app_events' AS source,
    argMin(rows.app_id, rows.event_id) AS app_id,
    argMin(rows.timestamp, rows.event_id) AS time,
    min(rows.event_id) AS event_id,
    argMin(rows.delivered, rows.event_id) AS delivered
FROM `${database}`.canvas_app_events AS rows
GROUP BY organization_id, bucket;

-- The hours that were rebuilt in the last hour. A request that reads gold while an hour is rebuilt cannot tell which of the
-- two states it read, so it does not trust an hour that was rebuilt after the request began. The job writes an hour here
-- before it clears the hour's marks.
CREATE TABLE IF NOT EXISTS `${database}`.app_rebuilt_hours
(
    organization_id LowCardinality(String),
    bucket DateTime('UTC') COMMENT 'Start of the hour',
    at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'When the rebuild ended'
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (organization_id, bucket)
TTL toDateTime(at) + toIntervalHour(1)
COMMENT 'Hours of app events that were rebuilt in the last hour';

-- One row for each app and hour, and one for each app and day; a rebuild replaces the whole row. Counts differ by kind
-- and slot:
--   error  the quarter of an hour since 1970, because there are zones that are quarters of an hour off
--   event  1 for page views, 0 for all others
--   vital  the bin of canvas_vitals
--   version  of days alone, the day since 1970: its rows in app_vital_bins count if they have this number as their version
-- A day is the sum of its hours, so that the histogram of a month reads one row a day. Counts are in arrays, so that
-- one row holds a whole hour: a query sees all of an hour or nothing. Gold is small and written once an hour, so that
-- parts are merged as soon as there are two of a size, not five: planning to read a part takes as long as reading it.
CREATE TABLE IF NOT EXISTS `${database}`.app_rollups
(
    organization_id LowCardinality(String),
    app_id LowCardinality(String),
    granularity LowCardinality(String) COMMENT 'hour or day',
    bucket DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    version UInt64,
    counts Nested(kind LowCardinality(String), metric_name LowCardinality(String), slot Int32, number UInt64)
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(bucket)
ORDER BY (organization_id, app_id, granularity, bucket)
SETTINGS index_granularity = 128, merge_selector_base = 2
COMMENT 'Gold: what happened in an app in an hour or on a day';

-- Every sample of web vitals, once, by app, metric and bin. A percentile is found among the counts of the bins, and its
-- exact value among the values of one of them. A row is a day's, since a month of a bin is then thirty rows: by the hour
-- there were seventeen times as many rows, and reading them took a sixth longer. Blocks and granules are small, since only
-- few bins are ever read, and LZ4, because ZSTD saves a ninth of the space and takes a tenth longer.
-- A row whose version is not the one that app_rollups has of its day is out of date: a bin that a day no longer has is
-- never written again.
CREATE TABLE IF NOT EXISTS `${database}`.app_vital_bins
(
    organization_id LowCardinality(String),
    app_id LowCardinality(String),
    metric_name LowCardinality(String),
    bin Int16,
    day Date,
    version UInt64 CODEC(Delta, ZSTD(1)),
    samples Nested(value Float64, hour UInt8) COMMENT 'By their hour of the day, in UTC'
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(day)
ORDER BY (organization_id, app_id, metric_name, bin, day)
SETTINGS index_granularity = 8, min_compress_block_size = 1024, merge_selector_base = 2
COMMENT 'Gold: web vitals of an app on a day, by size';
