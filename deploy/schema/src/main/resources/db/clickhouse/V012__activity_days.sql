-- One row an organisation's day, replaced as a whole whenever events of that day arrive: nothing of an earlier rebuild can
-- be left behind. Reads by UTC day use the columns of the whole day; other zones put their days together from quarters of
-- an hour, which is what every offset from UTC is a multiple of.
CREATE TABLE IF NOT EXISTS `${database}`.activity_days
(
    organization_id LowCardinality(String),
    day Date,
    version UInt64,
    events UInt64,
    tool_calls UInt64,
    active UInt64 COMMENT 'Distinct users',
    users AggregateFunction(groupBitmap, UInt32) COMMENT 'Their numbers',
    caller Array(UInt32) COMMENT 'Users with tool calls' CODEC(ZSTD(1)),
    caller_tool_calls Array(UInt32) COMMENT 'How many, side by side with caller' CODEC(ZSTD(1)),
    quarter Array(UInt8) COMMENT '0 to 95: quarters of an hour with any event',
    quarter_tool_calls Array(UInt64),
    quarter_users Array(AggregateFunction(groupBitmap, UInt32)),
    quarter_caller Array(Array(UInt32)) CODEC(ZSTD(1)),
    quarter_caller_tool_calls Array(Array(UInt32)) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(day)
ORDER BY (organization_id, day)
COMMENT 'Gold: who was active on a day, and what they called';

CREATE TABLE IF NOT EXISTS `${database}`.cohorts
(
    organization_id LowCardinality(String),
    day Date,
    version UInt64,
    size UInt64,
    users AggregateFunction(groupBitmap, UInt32)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (organization_id, day)
COMMENT 'Gold: the users whose first ever use was on a day; kept for ever, empty where everybody turned out to be older';
