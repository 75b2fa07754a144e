-- Bronze of the organisations API. Only the rollup job reads it, one hour of an organisation at a time. The workspace is no
-- part of the key, so that a delivery that corrects it replaces the one before.
CREATE TABLE IF NOT EXISTS `${database}`.executions
(
    organization_id LowCardinality(String) DEFAULT throwIf(1, 'organization_id is missing') COMMENT 'The tenant',
    hour DateTime('UTC') MATERIALIZED toStartOfHour(time, 'UTC') CODEC(Delta, ZSTD(1)),
    workspace_id LowCardinality(String) DEFAULT throwIf(1, 'workspace_id is missing') COMMENT 'The workspace',
    app_id LowCardinality(String) DEFAULT '' COMMENT 'Empty where the execution belongs to no app',
    time DateTime64(3, 'UTC') DEFAULT throwIf(1, 'time is missing') COMMENT 'When the execution started' CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID DEFAULT throwIf(1, 'event_id is missing: send a UUID of the event\'s own, the same one with each delivery') COMMENT 'The same UUID with every delivery of the event',
    status Enum8('success' = 1, 'failed' = 2) DEFAULT throwIf(1, 'status is missing: send success or failed'),
    -- Not an integer, which would wrap around.
    duration_ms Float64 DEFAULT throwIf(1, 'duration_ms is missing') COMMENT 'Milliseconds, at least 0' CODEC(ZSTD(1)),
    delivered DateTime64(9, 'UTC') MATERIALIZED addNanoseconds(now64(9, 'UTC'), blockNumber()) COMMENT 'When the engine received the row; the newest delivery counts' CODEC(DoubleDelta, ZSTD(1)),
    CONSTRAINT organization_id_is_not_empty CHECK organization_id != '',
    CONSTRAINT workspace_id_is_not_empty CHECK workspace_id != '',
    CONSTRAINT event_id_is_not_zero CHECK event_id != toUUID('00000000-0000-0000-0000-000000000000'),
    CONSTRAINT duration_ms_is_a_number_from_0 CHECK isFinite(duration_ms) AND duration_ms >= 0,
    CONSTRAINT time_is_storable CHECK time >= '1970-01-01' AND time < '2100-01-01'
)
ENGINE = ReplacingMergeTree(delivered)
PARTITION BY toYYYYMM(time)
ORDER BY (organization_id, hour, time, event_id)
COMMENT 'Bronze: executions in workspaces, one row an execution';
