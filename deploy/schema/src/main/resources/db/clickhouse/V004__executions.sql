-- Bronze of the organisations API. Only the rollup job reads it, by hours of an organisation. The workspace is not part of
-- the key, so a delivery with a corrected workspace replaces the earlier one.
CREATE TABLE IF NOT EXISTS `${database}`.executions
(
    organization_id LowCardinality(String) DEFAULT throwIf(1, 'organization_id is missing: send the id of the organisation that the row belongs to') COMMENT 'The organisation that the row belongs to. Range: a text that is not empty. Example: org_demo',
    hour DateTime('UTC') MATERIALIZED toStartOfHour(time, 'UTC') CODEC(Delta, ZSTD(1)),
    workspace_id LowCardinality(String) DEFAULT throwIf(1, 'workspace_id is missing: send the id of the workspace') COMMENT 'The workspace that executed. Range: a text that is not empty. Example: research',
    app_id LowCardinality(String) DEFAULT '' COMMENT 'The app that executed; empty if there is none. Range: any text. Example: assistant',
    time DateTime64(3, 'UTC') DEFAULT throwIf(1, 'time is missing: send UTC as 2026-02-20 13:00:00.123, ISO 8601, or epoch milliseconds') COMMENT 'When the execution started. Unit: UTC, to the millisecond. Range: see Times. Example: 2026-02-20 13:00:00.123' CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID DEFAULT toUUID(toString(throwIf(1, 'event_id is missing: send a UUID of this row, the same one with each delivery'))) COMMENT 'A UUID of this row, the same in each delivery. Range: any UUID but the zero one. Example: 0b9c3c0e-6f0e-4a53-9b2b-0a7f7c1d2e3f',
    status LowCardinality(String) DEFAULT throwIf(1, 'status is missing: send success or failed') COMMENT 'How the execution ended. Range: success or failed. Example: success',
    -- Not an integer, which would wrap around.
    duration_ms Float64 DEFAULT throwIf(1, 'duration_ms is missing: send milliseconds, from 0 on') COMMENT 'How long it took. Unit: milliseconds, with or without a fraction. Range: a finite number from 0 on. Example: 840.25' CODEC(ZSTD(1)),
    delivered DateTime64(9, 'UTC') MATERIALIZED addNanoseconds(now64(9, 'UTC'), blockNumber()) COMMENT 'When the engine received the row; the newest delivery counts' CODEC(DoubleDelta, ZSTD(1)),
    CONSTRAINT organization_id_is_not_empty CHECK organization_id != '',
    CONSTRAINT workspace_id_is_not_empty CHECK workspace_id != '',
    CONSTRAINT event_id_is_not_zero CHECK event_id != toUUID('00000000-0000-0000-0000-000000000000'),
    CONSTRAINT status_is_success_or_failed CHECK status IN ('success', 'failed'),
    CONSTRAINT duration_ms_is_a_number_from_0 CHECK isFinite(duration_ms) AND duration_ms >= 0,
    CONSTRAINT time_is_storable CHECK time >= '1970-01-01' AND time < '2100-01-01'
)
ENGINE = ReplacingMergeTree(delivered)
PARTITION BY toYYYYMM(time)
ORDER BY (organization_id, hour, time, event_id)
COMMENT 'Bronze: executions in workspaces, one row an execution';
