-- Bronze: usage events as they were delivered. Organisation, day and event_id identify an event. An event that is
-- delivered again has the same key, so the deliveries collapse, and the newest delivery counts. Read the table with FINAL
-- (or aggregate idempotently) until the parts have merged.
--
-- The key is (organisation, day, event): a tenant's day is one contiguous range, from which a bucket of gold is
-- rebuilt. Block deduplication (non_replicated_deduplication_window) is off: the key makes it unnecessary, and it would
-- silently drop a batch that is loaded again after its rows were deleted.
--
-- All bronze tables have in common:
--   DEFAULT throwIf(1, ...)   refuses a row without the column, or with null in it. A constraint refuses an empty text. The
--                             default of a UUID first converts to a text: otherwise the engine would report that a number
--                             cannot become a UUID, instead of the missing column.
--   delivered                 is set by the engine, once for each block of rows of an INSERT. A producer cannot send it.
--                             Each block of an INSERT has its own stamp; a mark (V010) identifies its block by it.
--   comments                  have meaning, unit, range and an example. BRONZE.md is generated from them.
--   constraints               refuse the whole INSERT. R__accepted_times.sql adds the range of times.
CREATE TABLE IF NOT EXISTS `${database}`.events
(
    organization_id LowCardinality(String) DEFAULT throwIf(1, 'organization_id is missing: send the id of the organisation that the row belongs to') COMMENT 'The organisation that the row belongs to. Range: a text that is not empty. Example: org_demo',
    day Date MATERIALIZED toDate(time) CODEC(Delta, ZSTD(1)),
    event_id UUID DEFAULT toUUID(toString(throwIf(1, 'event_id is missing: send a UUID of this row, the same one with each delivery'))) COMMENT 'A UUID of this row, the same in each delivery. Range: any UUID but the zero one. Example: 0b9c3c0e-6f0e-4a53-9b2b-0a7f7c1d2e3f',
    time DateTime64(3, 'UTC') DEFAULT throwIf(1, 'time is missing: send UTC as 2026-02-20 13:00:00.123, ISO 8601, or epoch milliseconds') COMMENT 'When the event happened. Unit: UTC, to the millisecond. Range: see Times. Example: 2026-02-20 13:00:00.123' CODEC(DoubleDelta, ZSTD(1)),
    -- Not LowCardinality: there are too many users and sessions for a dictionary per part.
    user_id String DEFAULT '' COMMENT 'Who used the product; empty if nobody is signed in. Range: any text. Example: anna' CODEC(ZSTD(1)),
    session_id String DEFAULT '' COMMENT 'The session of the event; empty if the client sends none. Range: any text. Example: s1' CODEC(ZSTD(1)),
    kind LowCardinality(String) DEFAULT throwIf(1, 'kind is missing: send tool_call, session_start, feature_use or another kind of event') COMMENT 'What happened; only tool_call counts as a tool call. Range: a text that is not empty, such as tool_call, session_start, feature_use. Example: tool_call',
    tool LowCardinality(String) DEFAULT '' COMMENT 'The tool of a tool_call. Range: any text. Example: search',
    feature LowCardinality(String) DEFAULT '' COMMENT 'The feature that was used. Range: any text. Example: fullscreen',
    locale LowCardinality(String) DEFAULT '' COMMENT 'The locale of the user. Range: any text. Example: en-US',
    country LowCardinality(String) DEFAULT '' COMMENT 'The country of the user. Range: any text. Example: DE',
    client LowCardinality(String) DEFAULT '' COMMENT 'The client that the product runs in. Range: any text. Example: desktop',
    device LowCardinality(String) DEFAULT '' COMMENT 'The kind of device. Range: any text. Example: phone',
    platform LowCardinality(String) DEFAULT '' COMMENT 'The operating system. Range: any text. Example: ios',
    version LowCardinality(String) DEFAULT '' COMMENT 'The version of the product. Range: any text. Example: 2.4.0',
    delivered DateTime64(9, 'UTC') MATERIALIZED addNanoseconds(now64(9, 'UTC'), blockNumber()) COMMENT 'When the engine received the row; the newest delivery counts' CODEC(DoubleDelta, ZSTD(1)),
    CONSTRAINT organization_id_is_not_empty CHECK organization_id != '',
    CONSTRAINT event_id_is_not_zero CHECK event_id != toUUID('00000000-0000-0000-0000-000000000000'),
    CONSTRAINT kind_is_not_empty CHECK kind != '',
    -- A Date ends in 2149 and wraps around silently: a later event would count on a day in the past.
    CONSTRAINT time_is_storable CHECK time >= '1970-01-01' AND time < '2100-01-01'
)
ENGINE = ReplacingMergeTree(delivered)
PARTITION BY toYYYYMM(day)
ORDER BY (organization_id, day, event_id)
COMMENT 'Bronze: product usage events, one row an event';
