-- Bronze of the apps API. One key for all five tables: (organisation, app, timestamp, event). It serves the newest-first
-- tail straight from the sort order (an hour column in front of timestamp was ten times slower), and a redelivered event
-- collapses because it has the same timestamp and event_id.

CREATE TABLE IF NOT EXISTS `${database}`.canvas_errors
(
    organization_id LowCardinality(String),
    app_id LowCardinality(String),
    timestamp DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID,
    error_type LowCardinality(String),
    error_message String CODEC(ZSTD(1)),
    url Nullable(String) CODEC(ZSTD(1)),
    CONSTRAINT organization_is_named CHECK organization_id != '',
    CONSTRAINT time_is_storable CHECK timestamp >= '1970-01-01' AND timestamp < '2100-01-01'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(timestamp)
ORDER BY (organization_id, app_id, timestamp, event_id)
COMMENT 'Bronze: errors of apps, one row an error';

CREATE TABLE IF NOT EXISTS `${database}`.canvas_vitals
(
    organization_id LowCardinality(String),
    app_id LowCardinality(String),
    timestamp DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID,
    metric_name LowCardinality(String) COMMENT 'LCP, INP, FCP, TTFB (milliseconds), CLS (no unit)',
    value Float64 CODEC(ZSTD(1)),
    url Nullable(String) CODEC(ZSTD(1)),
    -- In the order of values: the first 16 bits of their floating-point form, which makes 16 bins to a doubling, whatever the
    -- size. Bin 0 has nothing but 0, which half of all layout shifts are.
    bin Int16 ALIAS multiIf(
        value = 0, 0,
        value > 0, greatest(1, bitShiftRight(reinterpretAsInt64(value), 48)),
        bitNot(bitShiftRight(reinterpretAsInt64(-value), 48))),
    CONSTRAINT organization_is_named CHECK organization_id != '',
    CONSTRAINT time_is_storable CHECK timestamp >= '1970-01-01' AND timestamp < '2100-01-01',
    -- One NaN would make every percentile of its window NaN.
    CONSTRAINT value_is_a_number CHECK isFinite(value)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(timestamp)
ORDER BY (organization_id, app_id, timestamp, event_id)
COMMENT 'Bronze: Core Web Vitals samples of apps, one row a sample';

CREATE TABLE IF NOT EXISTS `${database}`.canvas_app_events
(
    organization_id LowCardinality(String),
    app_id LowCardinality(String),
    timestamp DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID,
    event_type LowCardinality(String) COMMENT 'pageview, and whatever else the app sends',
    url Nullable(String) CODEC(ZSTD(1)),
    CONSTRAINT organization_is_named CHECK organization_id != '',
    CONSTRAINT time_is_storable CHECK timestamp >= '1970-01-01' AND timestamp < '2100-01-01'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(timestamp)
ORDER BY (organization_id, app_id, timestamp, event_id)
COMMENT 'Bronze: page views and other events of apps, one row an event';

CREATE TABLE IF NOT EXISTS `${database}`.canvas_app_logs
(
    organization_id LowCardinality(String),
    app_id LowCardinality(String),
    timestamp DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID,
    level LowCardinality(String) COMMENT 'log, info, warn or error',
    message String COMMENT 'Whole; the API cuts it when it is read' CODEC(ZSTD(1)),
    route_path String DEFAULT '' CODEC(ZSTD(1)),
    request_id String DEFAULT '' CODEC(ZSTD(1)),
    -- A level that a stretch of time does not have costs nothing to look for in it.
    INDEX levels level TYPE set(4) GRANULARITY 1,
    CONSTRAINT organization_is_named CHECK organization_id != '',
    CONSTRAINT time_is_storable CHECK timestamp >= '1970-01-01' AND timestamp < '2100-01-01',
    CONSTRAINT level_is_known CHECK level IN ('log', 'info', 'warn', 'error')
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(timestamp)
ORDER BY (organization_id, app_id, timestamp, event_id)
COMMENT 'Bronze: runtime logs of apps, one row an entry';

CREATE TABLE IF NOT EXISTS `${database}`.canvas_request_logs
(
    organization_id LowCardinality(String),
    app_id LowCardinality(String),
    timestamp DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID,
    method LowCardinality(String),
    path String CODEC(ZSTD(1)),
    status_code UInt16,
    duration_ms Float64 CODEC(ZSTD(1)),
    user_agent String CODEC(ZSTD(1)),
    ip String CODEC(ZSTD(1)),
    CONSTRAINT organization_is_named CHECK organization_id != '',
    CONSTRAINT time_is_storable CHECK timestamp >= '1970-01-01' AND timestamp < '2100-01-01',
    CONSTRAINT duration_is_a_number CHECK isFinite(duration_ms)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(timestamp)
ORDER BY (organization_id, app_id, timestamp, event_id)
COMMENT 'Bronze: HTTP requests that apps served, one row a request';
