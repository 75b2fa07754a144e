-- One row for each day of an organisation. A rebuild replaces the whole row, so nothing of an earlier rebuild remains,
-- and all numbers of a day change at once. A day that has lost all of its events has a row of zeros. Queries by UTC day
-- read the columns of the whole day. Queries in other zones add up single sessions and quarters of an hour, because every
-- offset from UTC is a multiple of a quarter.
--
-- A session counts on the day it started. It is shorter than 24 hours, so it ends on that day or the next one. The part
-- of it after midnight is in the next day's row, in the columns continued_*, so that a late event changes the row of
-- its own day.
CREATE TABLE IF NOT EXISTS `${database}`.activity_days
(
    organization_id LowCardinality(String),
    day Date,
    version UInt64,
    events UInt64,
    tool_calls UInt64,
    active UInt64 COMMENT 'Distinct users',
    sessions UInt64 COMMENT 'Sessions that started on the day',
    milliseconds UInt64 COMMENT 'Sum of their lengths until midnight',
    continued_milliseconds UInt64 COMMENT 'Sum of the lengths, on this day, of sessions of the day before',
    feature Array(LowCardinality(String)),
    feature_sessions Array(UInt64) COMMENT 'Sessions that used the feature on the day they started, parallel to feature',
    continued_feature Array(LowCardinality(String)),
    continued_feature_sessions Array(UInt64) COMMENT 'Sessions of the day before that first used the feature after midnight',
    users AggregateFunction(groupBitmap, UInt32) COMMENT 'Numbers of the active users',
    caller Array(UInt32) COMMENT 'Users with tool calls' CODEC(ZSTD(1)),
    caller_tool_calls Array(UInt32) COMMENT 'Number of tool calls, parallel to caller' CODEC(ZSTD(1)),
    quarter Array(UInt8) COMMENT '0 to 95: quarters of an hour with any event',
    quarter_tool_calls Array(UInt64),
    quarter_users Array(AggregateFunction(groupBitmap, UInt32)),
    quarter_caller Array(Array(UInt32)) CODEC(ZSTD(1)),
    quarter_caller_tool_calls Array(Array(UInt32)) CODEC(ZSTD(1)),
    -- A profile is a combination of values of the dimensions. Filters choose profiles, and groups are sums of profiles.
    profile Array(UInt128) COMMENT 'Profiles of the events of the day: a hash of the values',
    profile_values Array(Array(LowCardinality(String))) COMMENT 'locale, country, client, device, platform, version; parallel to profile',
    profile_tool_calls Array(UInt64),
    profile_users Array(AggregateFunction(groupBitmap, UInt32)),
    profile_quarter Array(Array(UInt8)) COMMENT 'One element for each quarter of an hour and user with events of the profile' CODEC(ZSTD(1)),
    profile_quarter_user Array(Array(UInt32)) COMMENT 'Number of the user, 0 if nobody is signed in' CODEC(ZSTD(1)),
    profile_quarter_tool_calls Array(Array(UInt32)) CODEC(ZSTD(1)),
    -- A hash of session_id, shifted left by one; for a session without session_id, a hash of user_id with the lowest
    -- bit set.
    session Array(UInt128) COMMENT 'Sessions that started on the day',
    session_start Array(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
    session_end Array(DateTime64(3, 'UTC')) COMMENT 'Last event of the session on the day' CODEC(ZSTD(1)),
    session_features Array(Array(LowCardinality(String))) CODEC(ZSTD(1)),
    session_profile Array(UInt128) COMMENT 'Profile of the first event' CODEC(ZSTD(1)),
    started_profile Array(UInt128) COMMENT 'Profiles of the sessions that started on the day',
    started_sessions Array(UInt64) COMMENT 'Number of these sessions',
    started_milliseconds Array(UInt64) COMMENT 'Sum of their lengths until midnight',
    continued Array(UInt128) COMMENT 'Sessions of the day before that continue',
    continued_start Array(DateTime64(3, 'UTC')) COMMENT 'Start of the session on the day before' CODEC(ZSTD(1)),
    continued_first Array(DateTime64(3, 'UTC')) COMMENT 'First event of the session on the day' CODEC(ZSTD(1)),
    continued_length Array(UInt32) COMMENT 'Milliseconds from the last event of the session on the day before to its last event on the day' CODEC(ZSTD(1)),
    continued_features Array(Array(LowCardinality(String))) COMMENT 'Features that the session did not use on the day before' CODEC(ZSTD(1)),
    continued_profile Array(UInt128) COMMENT 'Profile of the first event, on the day before' CODEC(ZSTD(1)),
    continuing_profile Array(UInt128) COMMENT 'Profiles of the sessions of the day before that continue',
    continuing_milliseconds Array(UInt64) COMMENT 'Sum of their lengths, on this day',
    links UInt64 COMMENT 'Sum of hashes of the state of these sessions at the end of the day before'
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(day)
ORDER BY (organization_id, day)
COMMENT 'Gold: who was active on a day, what they called, and which sessions started';

-- The numbers of a UTC day that most answers need, ready to read: a narrow row for each row of activity_days and for the
-- 29 days after it, which have users of the last 30 days. The rollup job makes it from activity_days, and writes it again
-- whenever one of the days that it counts has changed.
CREATE TABLE IF NOT EXISTS `${database}`.activity_counts
(
    organization_id LowCardinality(String),
    day Date,
    version UInt64,
    active UInt64 COMMENT 'Distinct users of the day',
    week_active UInt64 COMMENT 'Distinct users of the 7 days that end with the day',
    month_active UInt64 COMMENT 'Distinct users of the 30 days that end with the day',
    tool_calls UInt64,
    sessions UInt64 COMMENT 'Sessions that started on the day',
    milliseconds UInt64 COMMENT 'Sum of their lengths, also after midnight',
    feature Array(LowCardinality(String)),
    feature_sessions Array(UInt64) COMMENT 'Sessions of the day that used the feature, also after midnight, parallel to feature'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (organization_id, day)
-- A tenant has hundreds of rows, not thousands.
SETTINGS index_granularity = 256
COMMENT 'Gold: the users, tool calls and sessions of a day, and the users of the week and the month that end with it';
