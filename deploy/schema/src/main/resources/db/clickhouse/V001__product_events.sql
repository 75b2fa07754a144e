-- Bronze: usage events as they were delivered. An event is known by its organisation, day and event_id. An event that is
-- delivered again has the same key, so the deliveries collapse, and the newest delivery counts. Read the table with FINAL
-- (or aggregate idempotently) until the parts have merged.
--
-- The key is (organisation, day, event): a tenant's day is one contiguous range, which is the unit that gold rows are
-- rebuilt from. There is no block deduplication (non_replicated_deduplication_window) on purpose: the key makes it
-- needless, and it would silently drop a batch that is loaded again after its rows were deleted.
--
-- All bronze tables have in common:
--   DEFAULT throwIf(1, ...)   refuses a row without the column, or with null in it. An empty text passes the default, so a
--                             constraint refuses that.
--   delivered                 is stamped by the engine, once for each block of rows of an INSERT. A producer cannot send it.
--                             No two blocks of an INSERT have the same stamp, so a mark (V010) knows its own block by it.
--   constraints               refuse the whole INSERT. R__accepted_times.sql adds the range of times.
CREATE TABLE IF NOT EXISTS `${database}`.events
(
    organization_id LowCardinality(String) DEFAULT throwIf(1, 'organization_id is missing') COMMENT 'The tenant',
    day Date MATERIALIZED toDate(time) CODEC(Delta, ZSTD(1)),
    event_id UUID DEFAULT throwIf(1, 'event_id is missing: send a UUID of the event\'s own, the same one with each delivery') COMMENT 'The same UUID with every delivery of the event',
    time DateTime64(3, 'UTC') DEFAULT throwIf(1, 'time is missing') COMMENT 'When the event happened' CODEC(DoubleDelta, ZSTD(1)),
    -- Not LowCardinality: users and sessions are many, a dictionary per part would only cost.
    user_id String DEFAULT '' COMMENT 'Empty where nobody is signed in' CODEC(ZSTD(1)),
    session_id String DEFAULT '' COMMENT 'Empty where the client sends none' CODEC(ZSTD(1)),
    kind LowCardinality(String) DEFAULT throwIf(1, 'kind is missing') COMMENT 'tool_call, session_start, feature_use or any other',
    tool LowCardinality(String) DEFAULT '' COMMENT 'The tool of a tool_call',
    feature LowCardinality(String) DEFAULT '' COMMENT 'The feature that was used',
    locale LowCardinality(String) DEFAULT '',
    country LowCardinality(String) DEFAULT '',
    client LowCardinality(String) DEFAULT '',
    device LowCardinality(String) DEFAULT '',
    platform LowCardinality(String) DEFAULT '',
    version LowCardinality(String) DEFAULT '',
    delivered DateTime64(9, 'UTC') MATERIALIZED addNanoseconds(now64(9, 'UTC'), blockNumber()) COMMENT 'When the engine received the row; the newest delivery counts' CODEC(DoubleDelta, ZSTD(1)),
    CONSTRAINT organization_id_is_not_empty CHECK organization_id != '',
    CONSTRAINT event_id_is_not_zero CHECK event_id != toUUID('00000000-0000-0000-0000-000000000000'),
    CONSTRAINT kind_is_not_empty CHECK kind != '',
    -- A Date ends in 2149 and wraps around silently: a later event would be counted on a day in the past.
    CONSTRAINT time_is_storable CHECK time >= '1970-01-01' AND time < '2100-01-01'
)
ENGINE = ReplacingMergeTree(delivered)
PARTITION BY toYYYYMM(day)
ORDER BY (organization_id, day, event_id)
COMMENT 'Bronze: product usage events, one row an event';
