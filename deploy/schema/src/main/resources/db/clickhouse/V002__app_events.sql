-- Bronze of the apps API. All five tables have one key: (organisation, app, timestamp, event). It serves the newest-first
-- page straight from the sort order (an hour column in front of timestamp was ten times slower), and an event that is
-- delivered again collapses, because it has the same timestamp and event_id.

CREATE TABLE IF NOT EXISTS `${database}`.canvas_errors
(
    organization_id LowCardinality(String) DEFAULT throwIf(1, 'organization_id is missing') COMMENT 'The tenant',
    app_id LowCardinality(String) DEFAULT throwIf(1, 'app_id is missing') COMMENT 'The app',
    timestamp DateTime64(3, 'UTC') DEFAULT throwIf(1, 'timestamp is missing') COMMENT 'When the error happened' CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID DEFAULT throwIf(1, 'event_id is missing: send a UUID of the event\'s own, the same one with each delivery') COMMENT 'The same UUID with every delivery of the event',
    error_type LowCardinality(String) DEFAULT '' COMMENT 'For example TypeError',
    error_message String DEFAULT '' CODEC(ZSTD(1)),
    url Nullable(String) COMMENT 'The page' CODEC(ZSTD(1)),
    delivered DateTime64(9, 'UTC') MATERIALIZED addNanoseconds(now64(9, 'UTC'), blockNumber()) COMMENT 'When the engine received the row; the newest delivery counts' CODEC(DoubleDelta, ZSTD(1)),
    CONSTRAINT organization_id_is_not_empty CHECK organization_id != '',
    CONSTRAINT app_id_is_not_empty CHECK app_id != '',
    CONSTRAINT event_id_is_not_zero CHECK event_id != toUUID('00000000-0000-0000-0000-000000000000'),
    CONSTRAINT timestamp_is_storable CHECK timestamp >= '1970-01-01' AND timestamp < '2100-01-01'
)
ENGINE = ReplacingMergeTree(delivered)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (organization_id, app_id, timestamp, event_id)
COMMENT 'Bronze: errors of apps, one row an error';

CREATE TABLE IF NOT EXISTS `${database}`.canvas_vitals
(
    organization_id LowCardinality(String) DEFAULT throwIf(1, 'organization_id is missing') COMMENT 'The tenant',
    app_id LowCardinality(String) DEFAULT throwIf(1, 'app_id is missing') COMMENT 'The app',
    timestamp DateTime64(3, 'UTC') DEFAULT throwIf(1, 'timestamp is missing') COMMENT 'When the sample was taken' CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID DEFAULT throwIf(1, 'event_id is missing: send a UUID of the event\'s own, the same one with each delivery') COMMENT 'The same UUID with every delivery of the event',
    metric_name LowCardinality(String) DEFAULT throwIf(1, 'metric_name is missing') COMMENT 'LCP, INP, FCP, TTFB (milliseconds) or CLS (no unit)',
    value Float64 DEFAULT throwIf(1, 'value is missing') COMMENT 'In the unit of the metric, at least 0' CODEC(ZSTD(1)),
    url Nullable(String) COMMENT 'The page' CODEC(ZSTD(1)),
    -- In the order of values: the first 16 bits of their floating-point form, which makes 16 bins to a doubling, whatever the
    -- size. Bin 0 has nothing but 0, which half of all layout shifts are.
    bin Int16 ALIAS if(value = 0, 0, greatest(1, bitShiftRight(reinterpretAsInt64(value), 48))),
    delivered DateTime64(9, 'UTC') MATERIALIZED addNanoseconds(now64(9, 'UTC'), blockNumber()) COMMENT 'When the engine received the row; the newest delivery counts' CODEC(DoubleDelta, ZSTD(1)),
    CONSTRAINT organization_id_is_not_empty CHECK organization_id != '',
    CONSTRAINT app_id_is_not_empty CHECK app_id != '',
    CONSTRAINT event_id_is_not_zero CHECK event_id != toUUID('00000000-0000-0000-0000-000000000000'),
    CONSTRAINT metric_name_is_not_empty CHECK metric_name != '',
    -- One NaN would make every percentile of its window NaN.
    CONSTRAINT value_is_a_number_from_0 CHECK isFinite(value) AND value >= 0,
    CONSTRAINT timestamp_is_storable CHECK timestamp >= '1970-01-01' AND timestamp < '2100-01-01'
)
ENGINE = ReplacingMergeTree(delivered)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (organization_id, app_id, timestamp, event_id)
COMMENT 'Bronze: Core Web Vitals samples of apps, one row a sample';

CREATE TABLE IF NOT EXISTS `${database}`.canvas_app_events
(
    organization_id LowCardinality(String) DEFAULT throwIf(1, 'organization_id is missing') COMMENT 'The tenant',
    app_id LowCardinality(String) DEFAULT throwIf(1, 'app_id is missing') COMMENT 'The app',
    timestamp DateTime64(3, 'UTC') DEFAULT throwIf(1, 'timestamp is missing') COMMENT 'When the event happened' CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID DEFAULT throwIf(1, 'event_id is missing: send a UUID of the event\'s own, the same one with each delivery') COMMENT 'The same UUID with every delivery of the event',
    event_type LowCardinality(String) DEFAULT '' COMMENT 'pageview, or any other',
    url Nullable(String) COMMENT 'The page' CODEC(ZSTD(1)),
    delivered DateTime64(9, 'UTC') MATERIALIZED addNanoseconds(now64(9, 'UTC'), blockNumber()) COMMENT 'When the engine received the row; the newest delivery counts' CODEC(DoubleDelta, ZSTD(1)),
    CONSTRAINT organization_id_is_not_empty CHECK organization_id != '',
    CONSTRAINT app_id_is_not_empty CHECK app_id != '',
    CONSTRAINT event_id_is_not_zero CHECK event_id != toUUID('00000000-0000-0000-0000-000000000000'),
    CONSTRAINT timestamp_is_storable CHECK timestamp >= '1970-01-01' AND timestamp < '2100-01-01'
)
ENGINE = ReplacingMergeTree(delivered)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (organization_id, app_id, timestamp, event_id)
COMMENT 'Bronze: page views and other events of apps, one row an event';

CREATE TABLE IF NOT EXISTS `${database}`.canvas_app_logs
(
    organization_id LowCardinality(String) DEFAULT throwIf(1, 'organization_id is missing') COMMENT 'The tenant',
    app_id LowCardinality(String) DEFAULT throwIf(1, 'app_id is missing') COMMENT 'The app',
    timestamp DateTime64(3, 'UTC') DEFAULT throwIf(1, 'timestamp is missing') COMMENT 'When the entry was written' CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID DEFAULT throwIf(1, 'event_id is missing: send a UUID of the event\'s own, the same one with each delivery') COMMENT 'The same UUID with every delivery of the event',
    level LowCardinality(String) DEFAULT throwIf(1, 'level is missing') COMMENT 'As the producer sends it, in any case: log, info, warn, error or another usual name',
    message String DEFAULT '' COMMENT 'Whole; the API cuts it when it is read' CODEC(ZSTD(1)),
    route_path String DEFAULT '' CODEC(ZSTD(1)),
    request_id String DEFAULT '' CODEC(ZSTD(1)),
    -- Producers name levels in many ways; the API knows four. An unknown name becomes empty, and is refused.
    severity LowCardinality(String) MATERIALIZED multiIf(
        lower(level) IN ('error', 'err', 'fatal', 'critical', 'crit', 'severe', 'alert', 'emergency', 'emerg', 'panic'), 'error',
        lower(level) IN ('warn', 'warning'), 'warn',
        lower(level) IN ('info', 'information', 'informational', 'notice'), 'info',
        lower(level) IN ('log', 'debug', 'trace', 'verbose', 'fine'), 'log',
        '') COMMENT 'What the API calls the level: error, warn, info or log',
    -- A level that a stretch of time does not have costs nothing to look for in it.
    INDEX severities severity TYPE set(4) GRANULARITY 1,
    delivered DateTime64(9, 'UTC') MATERIALIZED addNanoseconds(now64(9, 'UTC'), blockNumber()) COMMENT 'When the engine received the row; the newest delivery counts' CODEC(DoubleDelta, ZSTD(1)),
    CONSTRAINT organization_id_is_not_empty CHECK organization_id != '',
    CONSTRAINT app_id_is_not_empty CHECK app_id != '',
    CONSTRAINT event_id_is_not_zero CHECK event_id != toUUID('00000000-0000-0000-0000-000000000000'),
    CONSTRAINT level_is_known CHECK severity != '',
    CONSTRAINT timestamp_is_storable CHECK timestamp >= '1970-01-01' AND timestamp < '2100-01-01'
)
ENGINE = ReplacingMergeTree(delivered)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (organization_id, app_id, timestamp, event_id)
COMMENT 'Bronze: runtime logs of apps, one row an entry';

CREATE TABLE IF NOT EXISTS `${database}`.canvas_request_logs
(
    organization_id LowCardinality(String) DEFAULT throwIf(1, 'organization_id is missing') COMMENT 'The tenant',
    app_id LowCardinality(String) DEFAULT throwIf(1, 'app_id is missing') COMMENT 'The app',
    timestamp DateTime64(3, 'UTC') DEFAULT throwIf(1, 'timestamp is missing') COMMENT 'When the request came in' CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID DEFAULT throwIf(1, 'event_id is missing: send a UUID of the event\'s own, the same one with each delivery') COMMENT 'The same UUID with every delivery of the event',
    method LowCardinality(String) DEFAULT '',
    path String DEFAULT '' CODEC(ZSTD(1)),
    -- Not an integer: the engine reads 65736 into a UInt16 as 200, and the like into every other integer type.
    status_code Float64 DEFAULT 0 COMMENT 'A whole number from 0 to 999; 0 where there was no answer' CODEC(ZSTD(1)),
    duration_ms Float64 DEFAULT throwIf(1, 'duration_ms is missing') COMMENT 'Milliseconds, at least 0' CODEC(ZSTD(1)),
    user_agent String DEFAULT '' CODEC(ZSTD(1)),
    ip String DEFAULT '' CODEC(ZSTD(1)),
    delivered DateTime64(9, 'UTC') MATERIALIZED addNanoseconds(now64(9, 'UTC'), blockNumber()) COMMENT 'When the engine received the row; the newest delivery counts' CODEC(DoubleDelta, ZSTD(1)),
    CONSTRAINT organization_id_is_not_empty CHECK organization_id != '',
    CONSTRAINT app_id_is_not_empty CHECK app_id != '',
    CONSTRAINT event_id_is_not_zero CHECK event_id != toUUID('00000000-0000-0000-0000-000000000000'),
    CONSTRAINT status_code_is_whole_and_from_0_to_999 CHECK status_code BETWEEN 0 AND 999 AND status_code = floor(status_code),
    CONSTRAINT duration_ms_is_a_number_from_0 CHECK isFinite(duration_ms) AND duration_ms >= 0,
    CONSTRAINT timestamp_is_storable CHECK timestamp >= '1970-01-01' AND timestamp < '2100-01-01'
)
ENGINE = ReplacingMergeTree(delivered)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (organization_id, app_id, timestamp, event_id)
COMMENT 'Bronze: HTTP requests that apps served, one row a request';
