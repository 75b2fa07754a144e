-- Bronze of the organisations API. Nothing but refining reads it, one hour of an organisation at a time, so the hour comes
-- before the workspace. A redelivered event has the same time and event_id, hence the same key, and collapses.
CREATE TABLE IF NOT EXISTS `${database}`.executions
(
    organization_id LowCardinality(String),
    hour DateTime('UTC') MATERIALIZED toStartOfHour(time, 'UTC') CODEC(Delta, ZSTD(1)),
    workspace_id LowCardinality(String),
    app_id LowCardinality(String) DEFAULT '' COMMENT 'Empty where the execution belongs to no app',
    time DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID,
    status Enum8('success' = 1, 'failed' = 2),
    duration_ms UInt32 CODEC(T64, ZSTD(1)),
    CONSTRAINT organization_is_named CHECK organization_id != '',
    CONSTRAINT time_is_storable CHECK time >= '1970-01-01' AND time < '2100-01-01'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (organization_id, hour, workspace_id, time, event_id)
COMMENT 'Bronze: executions in workspaces, one row an execution, deduplicated by event_id';
