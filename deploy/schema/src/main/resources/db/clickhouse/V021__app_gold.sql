-- Marks: the hours of organisations that the rollup job has to rebuild (see V010).
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

-- One row for each app and five minutes, and one for each quarter of an hour; a rebuild replaces the whole row. Every time
-- zone's offset is a multiple of a quarter, so the rows can be summed to the buckets of any zone. Rows of five minutes have
-- the time of each error and event, so that an answer is exact in the five minutes that its window cuts. Granules are
-- small, because a query reads few rows with times. Gold is small and written often, so parts are merged as soon as there
-- are two of a size, not five: planning to read a part takes as long as reading it.
CREATE TABLE IF NOT EXISTS `${database}`.app_counts
(
    organization_id LowCardinality(String),
    app_id LowCardinality(String),
    granularity LowCardinality(String) COMMENT 'quarter or five_minutes',
    bucket DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    version UInt64 CODEC(Delta, ZSTD(1)),
    errors UInt64 COMMENT 'Number of errors',
    pageviews UInt64 COMMENT 'Number of page views',
    other_events UInt64 COMMENT 'Number of other events',
    error_times Array(UInt32) COMMENT 'Times of the errors, in milliseconds after the start of the bucket; empty for quarters' CODEC(Delta, ZSTD(1)),
    pageview_times Array(UInt32) COMMENT 'Times of the page views, like those of the errors' CODEC(Delta, ZSTD(1)),
    other_event_times Array(UInt32) COMMENT 'Times of the other events, like those of the errors' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(bucket)
ORDER BY (organization_id, app_id, granularity, bucket)
SETTINGS index_granularity = 128, index_granularity_bytes = 65536, merge_selector_base = 2
COMMENT 'Gold: errors, page views and other events of an app in five minutes or a quarter of an hour';

-- All samples of web vitals, each once, by app, metric and bin. There is one row per day: with one per hour there were
-- seventeen times as many rows, and reading them took a sixth longer. Blocks and granules are small, because a query reads
-- few bins. The codec of the values is LZ4, because ZSTD saves a ninth of the space and takes a tenth longer.
-- A row is outdated if its version differs from that of its day in app_vital_histograms.
CREATE TABLE IF NOT EXISTS `${database}`.app_vital_bins
(
    organization_id LowCardinality(String),
    app_id LowCardinality(String),
    metric_name LowCardinality(String),
    bin UInt16,
    day Date,
    version UInt64 CODEC(Delta, ZSTD(1)),
    values Array(Float64) COMMENT 'Values of the samples, in the order of their times',
    times Array(UInt32) COMMENT 'Times of the samples, in milliseconds after the start of the day in UTC' CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(day)
ORDER BY (organization_id, app_id, metric_name, bin, day)
SETTINGS index_granularity = 8, min_compress_block_size = 1024, merge_selector_base = 2
COMMENT 'Gold: samples of web vitals of an app on a day, by bin';

-- How many samples each bin has: one row for each app and day, one for each hour and one for each five minutes, made from
-- app_vital_bins. The histogram of a month reads one row per whole day, and finer rows at both ends of the window. The
-- service finds the bin of a percentile there, and then its exact value among the samples of that bin. All rows of a day
-- have the version of the day's samples.
CREATE TABLE IF NOT EXISTS `${database}`.app_vital_histograms
(
    organization_id LowCardinality(String),
    app_id LowCardinality(String),
    granularity LowCardinality(String) COMMENT 'day, hour or five_minutes',
    bucket DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    version UInt64 CODEC(Delta, ZSTD(1)),
    metrics Array(LowCardinality(String)) COMMENT 'The metric of each bin',
    bins Array(UInt16) COMMENT 'The bins with samples',
    samples Array(UInt32) COMMENT 'How many samples each bin has',
    times Array(Array(UInt32)) COMMENT 'Times of the samples of each bin, in milliseconds after the start of the bucket; empty for hours and days' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(bucket)
ORDER BY (organization_id, app_id, granularity, bucket)
SETTINGS index_granularity = 128, index_granularity_bytes = 65536, merge_selector_base = 2
COMMENT 'Gold: histograms of web vitals of an app in a day, an hour or five minutes';
