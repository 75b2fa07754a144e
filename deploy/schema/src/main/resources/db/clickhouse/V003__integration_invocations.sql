-- Bronze of the integrations API. The key has the hour before the time. The order is the same, but a tenant's hour is a
-- range from which gold can be rebuilt, and grouping by hour reads four well compressed bytes instead of eight.
CREATE TABLE IF NOT EXISTS `${database}`.invocations
(
    organization_id LowCardinality(String) DEFAULT throwIf(1, 'organization_id is missing: send the id of the organisation that the row belongs to') COMMENT 'The organisation that the row belongs to. Range: a text that is not empty. Example: org_demo',
    hour DateTime('UTC') MATERIALIZED toStartOfHour(time) CODEC(DoubleDelta, ZSTD(1)),
    time DateTime64(3, 'UTC') DEFAULT throwIf(1, 'time is missing: send UTC as 2026-02-20 13:00:00.123, ISO 8601, or epoch milliseconds') COMMENT 'When the integration was called. Unit: UTC, to the millisecond. Range: see Times. Example: 2026-02-20 13:00:00.123' CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID DEFAULT toUUID(toString(throwIf(1, 'event_id is missing: send a UUID of this row, the same one with each delivery'))) COMMENT 'A UUID of this row, the same in each delivery. Range: any UUID but the zero one. Example: 0b9c3c0e-6f0e-4a53-9b2b-0a7f7c1d2e3f',
    integration_key LowCardinality(String) DEFAULT '' COMMENT 'The integration that was called. Range: any text. Example: salesforce',
    slug LowCardinality(String) DEFAULT '' COMMENT 'The tool of the integration. Range: any text. Example: create_lead',
    mode LowCardinality(String) DEFAULT '' COMMENT 'How the integration was called. Range: any text. Example: vendor_api',
    outcome LowCardinality(String) DEFAULT throwIf(1, 'outcome is missing: send success, vendor_error or exception') COMMENT 'How the call ended. Range: success, vendor_error or exception. Example: vendor_error',
    error_category LowCardinality(String) DEFAULT '' COMMENT 'The category of the failure; empty after a success. Range: any text. Example: rate_limited',
    -- Not an integer: the engine would read 5000000000 into a UInt32 as 705032704.
    latency_ms Float64 DEFAULT throwIf(1, 'latency_ms is missing: send milliseconds, from 0 to 4294967295') COMMENT 'How long the call took; answers round it to whole milliseconds, half up. Unit: milliseconds, with or without a fraction. Range: 0 to 4294967295. Example: 412.5' CODEC(ZSTD(1)),
    -- The latency in answers. A number out of range must not fail here, so that the constraint refuses it.
    latency UInt32 MATERIALIZED toUInt32(floor(if(latency_ms BETWEEN 0 AND 4294967295, latency_ms, 0) + 0.5)) CODEC(T64, ZSTD(1)),
    delivered DateTime64(9, 'UTC') MATERIALIZED addNanoseconds(now64(9, 'UTC'), blockNumber()) COMMENT 'When the engine received the row; the newest delivery counts' CODEC(DoubleDelta, ZSTD(1)),
    CONSTRAINT organization_id_is_not_empty CHECK organization_id != '',
    CONSTRAINT event_id_is_not_zero CHECK event_id != toUUID('00000000-0000-0000-0000-000000000000'),
    CONSTRAINT outcome_is_success_vendor_error_or_exception CHECK outcome IN ('success', 'vendor_error', 'exception'),
    CONSTRAINT latency_ms_is_from_0_to_4294967295 CHECK latency_ms >= 0 AND latency_ms <= 4294967295,
    -- A DateTime ends in 2106 and wraps around silently.
    CONSTRAINT time_is_storable CHECK time >= '1970-01-01' AND time < '2100-01-01'
)
ENGINE = ReplacingMergeTree(delivered)
PARTITION BY toYYYYMM(time)
ORDER BY (organization_id, hour, time, event_id)
COMMENT 'Bronze: invocations of integrations, one row an invocation';
