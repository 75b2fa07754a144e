-- Bronze of the integrations API. The hour leads the time in the key: it follows from the time, so the order stays the
-- same, but a tenant's hour becomes a range that gold rows can be rebuilt from, and grouping by hour reads four well
-- compressed bytes in place of eight.
CREATE TABLE IF NOT EXISTS `${database}`.invocations
(
    organization_id LowCardinality(String) DEFAULT throwIf(1, 'organization_id is missing') COMMENT 'The tenant',
    hour DateTime('UTC') MATERIALIZED toStartOfHour(time) CODEC(DoubleDelta, ZSTD(1)),
    time DateTime64(3, 'UTC') DEFAULT throwIf(1, 'time is missing') COMMENT 'When the integration was called' CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID DEFAULT throwIf(1, 'event_id is missing: send a UUID of the event\'s own, the same one with each delivery') COMMENT 'The same UUID with every delivery of the event',
    integration_key LowCardinality(String) DEFAULT '' COMMENT 'The integration',
    slug LowCardinality(String) DEFAULT '' COMMENT 'The tool that was called',
    mode LowCardinality(String) DEFAULT '' COMMENT 'The way it was called, for example vendor_api',
    outcome Enum8('success' = 1, 'vendor_error' = 2, 'exception' = 3) DEFAULT throwIf(1, 'outcome is missing: send success, vendor_error or exception'),
    error_category LowCardinality(String) DEFAULT '' COMMENT 'Empty on success',
    -- Not an integer: the engine would read 5000000000 into a UInt32 as 705032704.
    latency_ms Float64 DEFAULT throwIf(1, 'latency_ms is missing') COMMENT 'Milliseconds, from 0 to 4294967295; answers round them half up to whole milliseconds' CODEC(ZSTD(1)),
    -- What answers count.
    latency UInt32 MATERIALIZED toUInt32(floor(latency_ms + 0.5)) CODEC(T64, ZSTD(1)),
    delivered DateTime64(9, 'UTC') MATERIALIZED addNanoseconds(now64(9, 'UTC'), blockNumber()) COMMENT 'When the engine received the row; the newest delivery counts' CODEC(DoubleDelta, ZSTD(1)),
    CONSTRAINT organization_id_is_not_empty CHECK organization_id != '',
    CONSTRAINT event_id_is_not_zero CHECK event_id != toUUID('00000000-0000-0000-0000-000000000000'),
    CONSTRAINT latency_ms_is_from_0_to_4294967295 CHECK latency_ms >= 0 AND latency_ms <= 4294967295,
    -- A DateTime ends in 2106 and wraps around silently.
    CONSTRAINT time_is_storable CHECK time >= '1970-01-01' AND time < '2100-01-01'
)
ENGINE = ReplacingMergeTree(delivered)
PARTITION BY toYYYYMM(time)
ORDER BY (organization_id, hour, time, event_id)
COMMENT 'Bronze: invocations of integrations, one row an invocation';
