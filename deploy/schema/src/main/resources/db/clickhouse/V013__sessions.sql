-- One row an organisation's day, replaced as a whole. A session is cut at midnight (UTC) into fragments, each of which
-- follows from its own day's events alone; long_sessions says which of them belong together.
CREATE TABLE IF NOT EXISTS `${database}`.session_days
(
    organization_id LowCardinality(String),
    day Date,
    version UInt64,
    sessions UInt64 COMMENT 'Fragments, as if each were a session',
    milliseconds UInt64 COMMENT 'Their lengths, added up',
    feature Array(LowCardinality(String)),
    feature_sessions Array(UInt64) COMMENT 'Fragments that used the feature',
    -- A hash of session_id, shifted left by one; or, lowest bit set, of the user_id, for what has no session_id.
    fragment Array(UInt128),
    fragment_start Array(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
    fragment_end Array(DateTime64(3, 'UTC')) COMMENT 'Its last event' CODEC(ZSTD(1)),
    fragment_features Array(Array(LowCardinality(String))) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(day)
ORDER BY (organization_id, day)
COMMENT 'Gold: sessions by day, and silver: their fragments';

-- What has to be added to the fragments so that a session of several days counts once, on the day it started, and with its
-- whole length: each fragment is taken back at its start (sessions = -1), the session put in at its own (sessions = 1).
CREATE TABLE IF NOT EXISTS `${database}`.long_sessions
(
    organization_id LowCardinality(String),
    session UInt128,
    version UInt64,
    last_use DateTime64(3, 'UTC'),
    change_time Array(DateTime64(3, 'UTC')),
    change_sessions Array(Int8),
    change_milliseconds Array(Int64),
    change_features Array(Array(LowCardinality(String)))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (organization_id, session)
COMMENT 'Silver: sessions that reach over midnight; without changes where one turned out not to';

CREATE TABLE IF NOT EXISTS `${database}`.session_corrections
(
    organization_id LowCardinality(String),
    version UInt64,
    day Array(Date),
    sessions Array(Int64),
    milliseconds Array(Int64),
    feature_day Array(Date),
    feature Array(LowCardinality(String)),
    feature_sessions Array(Int64)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY organization_id
COMMENT 'Gold: the changes of long_sessions, added up by UTC day; one row an organisation';
