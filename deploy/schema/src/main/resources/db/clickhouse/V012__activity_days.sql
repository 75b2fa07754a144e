-- One row an organisation's day, replaced as a whole whenever events of that day arrive: nothing of an earlier rebuild can
-- be left behind, and all numbers of a day change at once. A day without events has a row of zeros if it ever had any.
-- Reads by UTC day use the columns of the whole day. Other zones put their days together from quarters of an hour, which is
-- what every offset from UTC is a multiple of, and from single sessions.
--
-- A session counts on the day it started. It is shorter than 24 hours, so it ends on that day or the next one. What it adds
-- on the next day stands in the next day's row, in the columns continued_*: late events of a day change no other row.
CREATE TABLE IF NOT EXISTS `${database}`.activity_days
(
    organization_id LowCardinality(String),
    day Date,
    version UInt64,
    events UInt64,
    tool_calls UInt64,
    active UInt64 COMMENT 'Distinct users',
    sessions UInt64 COMMENT 'That started on the day',
    milliseconds UInt64 COMMENT 'Their lengths until midnight, added up',
    continued_milliseconds UInt64 COMMENT 'What sessions of the day before add to their lengths',
    feature Array(LowCardinality(String)),
    feature_sessions Array(UInt64) COMMENT 'Sessions that used the feature on the day they started, side by side with feature',
    continued_feature Array(LowCardinality(String)),
    continued_feature_sessions Array(UInt64) COMMENT 'Sessions of the day before that first used the feature after midnight',
    users AggregateFunction(groupBitmap, UInt32) COMMENT 'Their numbers',
    caller Array(UInt32) COMMENT 'Users with tool calls' CODEC(ZSTD(1)),
    caller_tool_calls Array(UInt32) COMMENT 'How many, side by side with caller' CODEC(ZSTD(1)),
    quarter Array(UInt8) COMMENT '0 to 95: quarters of an hour with any event',
    quarter_tool_calls Array(UInt64),
    quarter_users Array(AggregateFunction(groupBitmap, UInt32)),
    quarter_caller Array(Array(UInt32)) CODEC(ZSTD(1)),
    quarter_caller_tool_calls Array(Array(UInt32)) CODEC(ZSTD(1)),
    -- A hash of session_id, shifted left by one; or, lowest bit set, of the user_id, for what has no session_id.
    session Array(UInt128) COMMENT 'Sessions that started on the day',
    session_start Array(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
    session_end Array(DateTime64(3, 'UTC')) COMMENT 'Its last event of the day' CODEC(ZSTD(1)),
    session_features Array(Array(LowCardinality(String))) CODEC(ZSTD(1)),
    continued Array(UInt128) COMMENT 'Sessions of the day before that go on',
    continued_start Array(DateTime64(3, 'UTC')) COMMENT 'On the day before' CODEC(ZSTD(1)),
    continued_first Array(DateTime64(3, 'UTC')) COMMENT 'Its first event of the day' CODEC(ZSTD(1)),
    continued_length Array(UInt32) COMMENT 'Milliseconds from its last event of the day before to its last one of the day' CODEC(ZSTD(1)),
    continued_features Array(Array(LowCardinality(String))) COMMENT 'Those that it did not use on the day before' CODEC(ZSTD(1)),
    links UInt64 COMMENT 'A sum of hashes of what was known of these sessions from the day before'
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(day)
ORDER BY (organization_id, day)
COMMENT 'Gold: who was active on a day, what they called, and which sessions started';
