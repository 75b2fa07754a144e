-- Marks: the hours of organisations that the rollup job has to rebuild (see V010). The overview reads an hour from
-- bronze as long as the hour has a mark, so its answers are always up to date.
CREATE TABLE IF NOT EXISTS `${database}`.app_marks
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

-- The hours that were rebuilt in the last hour. A request that reads gold during a rebuild cannot tell whether it read the
-- old or the new state, so it does not use an hour that was rebuilt after the request began. The job writes an hour here
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
--   error  the quarter of an hour since 1970, because the offset of some zones is not a whole hour
--   event  1 for page views, 0 for all others
--   vital  the bin of canvas_vitals
--   version  days only: the day since 1970. The number is the version of the day's current rows in app_vital_bins
-- A day is the sum of its hours, so the histogram of a month reads one row per day. Counts are in arrays, so one row has
-- a whole hour, and a query sees all of the hour or nothing. Gold is small and written once an hour, so parts are merged
-- as soon as there are two of a size, not five: planning to read a part takes as long as reading it.
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
COMMENT 'Gold: counts and histograms of an app for an hour or a day';

-- All samples of web vitals, each once, by app, metric and bin. The service finds the bin of a percentile among the counts
-- in app_rollups, and its exact value among the values of that bin here. There is one row per day: with one per hour there
-- were seventeen times as many rows, and reading them took a sixth longer. Blocks and granules are small, because a query
-- reads few bins. The codec is LZ4, because ZSTD saves a ninth of the space and takes a tenth longer.
-- A row is outdated if its version differs from the one in app_rollups: a rebuild does not write bins that the day no
-- longer has.
CREATE TABLE IF NOT EXISTS `${database}`.app_vital_bins
(
    organization_id LowCardinality(String),
    app_id LowCardinality(String),
    metric_name LowCardinality(String),
    bin Int16,
    day Date,
    version UInt64 CODEC(Delta, ZSTD(1)),
    samples Nested(value Float64, hour UInt8) COMMENT 'Values with their hour of the day, in UTC'
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(day)
ORDER BY (organization_id, app_id, metric_name, bin, day)
SETTINGS index_granularity = 8, min_compress_block_size = 1024, merge_selector_base = 2
COMMENT 'Gold: values of web vitals of an app on a day, by bin';
