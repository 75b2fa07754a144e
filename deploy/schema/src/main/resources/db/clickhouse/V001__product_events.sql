-- Bronze: usage events as delivered. A redelivered event carries the same event_id and the same time, so it has the
-- same sorting key and collapses; read with FINAL (or aggregate idempotently) until the parts have merged.
--
-- The key is (organisation, day, event): a tenant's day is one contiguous range, which is the unit that gold rows are
-- rebuilt from. There is no block deduplication (non_replicated_deduplication_window) on purpose: the key makes it
-- needless, and it would silently drop a batch that is loaded again after its rows were deleted.
CREATE TABLE IF NOT EXISTS `${database}`.events
(
    organization_id LowCardinality(String),
    day Date MATERIALIZED toDate(time) CODEC(Delta, ZSTD(1)),
    event_id UUID,
    time DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    -- Not LowCardinality: users and sessions are many, a dictionary per part would only cost.
    user_id String CODEC(ZSTD(1)),
    session_id String DEFAULT '' COMMENT 'Empty where the client sends none' CODEC(ZSTD(1)),
    kind LowCardinality(String) COMMENT 'tool_call, session_start, feature_use, ...',
    tool LowCardinality(String) DEFAULT '',
    feature LowCardinality(String) DEFAULT '',
    locale LowCardinality(String) DEFAULT '',
    country LowCardinality(String) DEFAULT '',
    client LowCardinality(String) DEFAULT '',
    device LowCardinality(String) DEFAULT '',
    platform LowCardinality(String) DEFAULT '',
    version LowCardinality(String) DEFAULT '',
    CONSTRAINT organization_is_named CHECK organization_id != '',
    -- A Date ends in 2149 and wraps around silently: a later event would be counted on a day in the past.
    CONSTRAINT time_is_storable CHECK time >= '1970-01-01' AND time < '2100-01-01'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (organization_id, day, event_id)
COMMENT 'Bronze: product usage events, one row an event, deduplicated by event_id';
