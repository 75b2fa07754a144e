-- Bronze of the apps API. All five tables have the same key: (organisation, app, timestamp, event). A page of the newest
-- entries follows the sort order (with an hour column before timestamp it was ten times slower). An event that is
-- delivered again has the same timestamp and event_id, so its deliveries collapse.

CREATE TABLE IF NOT EXISTS `${database}`.canvas_errors
(
    organization_id LowCardinality(String) DEFAULT throwIf(1, 'organization_id is missing: send the id of the organisation that the row belongs to') COMMENT 'The organisation that the row belongs to. Range: a text that is not empty. Example: org_demo',
    app_id LowCardinality(String) DEFAULT throwIf(1, 'app_id is missing: send the id of the app that reports') COMMENT 'The app that reports. Range: a text that is not empty. Example: web',
    timestamp DateTime64(3, 'UTC') DEFAULT throwIf(1, 'timestamp is missing: send UTC as 2026-02-20 13:00:00.123, ISO 8601, or epoch milliseconds') COMMENT 'When the error happened. Unit: UTC, to the millisecond. Range: see Times. Example: 2026-02-20 13:00:00.123' CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID DEFAULT toUUID(toString(throwIf(1, 'event_id is missing: send a UUID of this row, the same one with each delivery'))) COMMENT 'A UUID of this row, the same in each delivery. Range: any UUID but the zero one. Example: 0b9c3c0e-6f0e-4a53-9b2b-0a7f7c1d2e3f',
    error_type LowCardinality(String) DEFAULT '' COMMENT 'The type of the error. Range: any text. Example: TypeError',
    error_message String DEFAULT '' COMMENT 'The message of the error. Range: any text. Example: x is undefined' CODEC(ZSTD(1)),
    url Nullable(String) COMMENT 'The page; null if there is none. Range: any text. Example: /cart' CODEC(ZSTD(1)),
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
    organization_id LowCardinality(String) DEFAULT throwIf(1, 'organization_id is missing: send the id of the organisation that the row belongs to') COMMENT 'The organisation that the row belongs to. Range: a text that is not empty. Example: org_demo',
    app_id LowCardinality(String) DEFAULT throwIf(1, 'app_id is missing: send the id of the app that reports') COMMENT 'The app that reports. Range: a text that is not empty. Example: web',
    timestamp DateTime64(3, 'UTC') DEFAULT throwIf(1, 'timestamp is missing: send UTC as 2026-02-20 13:00:00.123, ISO 8601, or epoch milliseconds') COMMENT 'When the sample was taken. Unit: UTC, to the millisecond. Range: see Times. Example: 2026-02-20 13:00:00.123' CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID DEFAULT toUUID(toString(throwIf(1, 'event_id is missing: send a UUID of this row, the same one with each delivery'))) COMMENT 'A UUID of this row, the same in each delivery. Range: any UUID but the zero one. Example: 0b9c3c0e-6f0e-4a53-9b2b-0a7f7c1d2e3f',
    metric_name LowCardinality(String) DEFAULT throwIf(1, 'metric_name is missing: send LCP, INP, FCP, TTFB or CLS') COMMENT 'The web vital: LCP, INP, FCP, TTFB or CLS. Range: a text that is not empty. Example: LCP',
    value Float64 DEFAULT throwIf(1, 'value is missing: send the measured number, from 0 on') COMMENT 'The measured value. Unit: milliseconds; CLS has no unit. Range: a finite number from 0 on. Example: 2412.5' CODEC(ZSTD(1)),
    url Nullable(String) COMMENT 'The page; null if there is none. Range: any text. Example: /cart' CODEC(ZSTD(1)),
    -- The first 17 bits of the floating-point form: bins are in the order of the values, and each doubling has 32 bins.
    -- Bin 0 has only the value 0, which half of all layout shifts have.
    bin UInt16 ALIAS if(value = 0, 0, greatest(1, bitShiftRight(reinterpretAsInt64(value), 47))),
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
    organization_id LowCardinality(String) DEFAULT throwIf(1, 'organization_id is missing: send the id of the organisation that the row belongs to') COMMENT 'The organisation that the row belongs to. Range: a text that is not empty. Example: org_demo',
    app_id LowCardinality(String) DEFAULT throwIf(1, 'app_id is missing: send the id of the app that reports') COMMENT 'The app that reports. Range: a text that is not empty. Example: web',
    timestamp DateTime64(3, 'UTC') DEFAULT throwIf(1, 'timestamp is missing: send UTC as 2026-02-20 13:00:00.123, ISO 8601, or epoch milliseconds') COMMENT 'When the event happened. Unit: UTC, to the millisecond. Range: see Times. Example: 2026-02-20 13:00:00.123' CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID DEFAULT toUUID(toString(throwIf(1, 'event_id is missing: send a UUID of this row, the same one with each delivery'))) COMMENT 'A UUID of this row, the same in each delivery. Range: any UUID but the zero one. Example: 0b9c3c0e-6f0e-4a53-9b2b-0a7f7c1d2e3f',
    event_type LowCardinality(String) DEFAULT '' COMMENT 'What happened; pageview and page_view count as page views. Range: any text. Example: pageview',
    url Nullable(String) COMMENT 'The page; null if there is none. Range: any text. Example: /cart' CODEC(ZSTD(1)),
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
    organization_id LowCardinality(String) DEFAULT throwIf(1, 'organization_id is missing: send the id of the organisation that the row belongs to') COMMENT 'The organisation that the row belongs to. Range: a text that is not empty. Example: org_demo',
    app_id LowCardinality(String) DEFAULT throwIf(1, 'app_id is missing: send the id of the app that reports') COMMENT 'The app that reports. Range: a text that is not empty. Example: web',
    timestamp DateTime64(3, 'UTC') DEFAULT throwIf(1, 'timestamp is missing: send UTC as 2026-02-20 13:00:00.123, ISO 8601, or epoch milliseconds') COMMENT 'When the entry was written. Unit: UTC, to the millisecond. Range: see Times. Example: 2026-02-20 13:00:00.123' CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID DEFAULT toUUID(toString(throwIf(1, 'event_id is missing: send a UUID of this row, the same one with each delivery'))) COMMENT 'A UUID of this row, the same in each delivery. Range: any UUID but the zero one. Example: 0b9c3c0e-6f0e-4a53-9b2b-0a7f7c1d2e3f',
    level LowCardinality(String) DEFAULT throwIf(1, 'level is missing: send log, info, warn, error or another usual name') COMMENT 'How serious the entry is. Range: see Levels. Example: warn',
    message String DEFAULT '' COMMENT 'The complete entry; answers show its first 2,000 characters. Range: any text. Example: payment declined' CODEC(ZSTD(1)),
    route_path String DEFAULT '' COMMENT 'The route that wrote the entry. Range: any text. Example: /checkout' CODEC(ZSTD(1)),
    request_id String DEFAULT '' COMMENT 'The request that the entry belongs to. Range: any text. Example: req_7' CODEC(ZSTD(1)),
    -- Producers use many names of levels; the API has four. An unknown name becomes empty, and is refused.
    severity LowCardinality(String) MATERIALIZED multiIf(
        lower(level) IN ('error', 'err', 'fatal', 'critical', 'crit', 'severe', 'alert', 'emergency', 'emerg', 'panic'), 'error',
        lower(level) IN ('warn', 'warning'), 'warn',
        lower(level) IN ('info', 'information', 'informational', 'notice'), 'info',
        lower(level) IN ('log', 'debug', 'trace', 'verbose', 'fine'), 'log',
        '') COMMENT 'The level in the API: error, warn, info or log',
    -- Lets a query for a level skip granules without it.
    INDEX severities severity TYPE set(4) GRANULARITY 1,
    delivered DateTime64(9, 'UTC') MATERIALIZED addNanoseconds(now64(9, 'UTC'), blockNumber()) COMMENT 'When the engine received the row; the newest delivery counts' CODEC(DoubleDelta, ZSTD(1)),
    CONSTRAINT organization_id_is_not_empty CHECK organization_id != '',
    CONSTRAINT app_id_is_not_empty CHECK app_id != '',
    CONSTRAINT event_id_is_not_zero CHECK event_id != toUUID('00000000-0000-0000-0000-000000000000'),
    CONSTRAINT level_is_log_info_warn_error_or_another_usual_name CHECK level != '' AND severity != '',
    CONSTRAINT timestamp_is_storable CHECK timestamp >= '1970-01-01' AND timestamp < '2100-01-01'
)
ENGINE = ReplacingMergeTree(delivered)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (organization_id, app_id, timestamp, event_id)
COMMENT 'Bronze: runtime logs of apps, one row an entry';

CREATE TABLE IF NOT EXISTS `${database}`.canvas_request_logs
(
    organization_id LowCardinality(String) DEFAULT throwIf(1, 'organization_id is missing: send the id of the organisation that the row belongs to') COMMENT 'The organisation that the row belongs to. Range: a text that is not empty. Example: org_demo',
    app_id LowCardinality(String) DEFAULT throwIf(1, 'app_id is missing: send the id of the app that reports') COMMENT 'The app that reports. Range: a text that is not empty. Example: web',
    timestamp DateTime64(3, 'UTC') DEFAULT throwIf(1, 'timestamp is missing: send UTC as 2026-02-20 13:00:00.123, ISO 8601, or epoch milliseconds') COMMENT 'When the request came in. Unit: UTC, to the millisecond. Range: see Times. Example: 2026-02-20 13:00:00.123' CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID DEFAULT toUUID(toString(throwIf(1, 'event_id is missing: send a UUID of this row, the same one with each delivery'))) COMMENT 'A UUID of this row, the same in each delivery. Range: any UUID but the zero one. Example: 0b9c3c0e-6f0e-4a53-9b2b-0a7f7c1d2e3f',
    method LowCardinality(String) DEFAULT '' COMMENT 'The HTTP method. Range: any text. Example: GET',
    path String DEFAULT '' COMMENT 'The path of the request. Range: any text. Example: /cart' CODEC(ZSTD(1)),
    -- Not an integer, because integers wrap around: the engine reads 65736 into a UInt16 as 200.
    status_code Float64 DEFAULT 0 COMMENT 'The HTTP status of the answer; 0 if there was none. Range: a whole number from 0 to 999. Example: 200' CODEC(ZSTD(1)),
    duration_ms Float64 DEFAULT throwIf(1, 'duration_ms is missing: send milliseconds, from 0 on') COMMENT 'How long it took. Unit: milliseconds, with or without a fraction. Range: a finite number from 0 on. Example: 840.25' CODEC(ZSTD(1)),
    user_agent String DEFAULT '' COMMENT 'The User-Agent header of the request. Range: any text. Example: Mozilla/5.0' CODEC(ZSTD(1)),
    ip String DEFAULT '' COMMENT 'The address that the request came from. Range: any text. Example: 192.0.2.7' CODEC(ZSTD(1)),
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
