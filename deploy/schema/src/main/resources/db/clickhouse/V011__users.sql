-- All users ever. users and cohorts are kept longer than the events: otherwise a user whose events have expired would
-- count as new again.
CREATE TABLE IF NOT EXISTS `${database}`.users
(
    organization_id LowCardinality(String),
    user_id String CODEC(ZSTD(1)),
    version UInt64,
    number UInt32 COMMENT 'From 1 upwards in each organisation, so that sets of users are small bitmaps; never changes',
    first_use DateTime64(3, 'UTC') COMMENT '2149-01-01 if no event of the user is left',
    last_use DateTime64(3, 'UTC') COMMENT '1970-01-01 if no event of the user is left',
    -- The newest event with a value counts, because many events, such as those of a server, lack some dimensions.
    profile Array(LowCardinality(String)) COMMENT 'The newest value of each dimension: locale, country, client, device, platform, version; empty if no event has a value',
    profile_times Array(DateTime64(3, 'UTC')) COMMENT 'When the events with these values happened, parallel to profile; 1970-01-01 for none',
    first_profile Array(LowCardinality(String)) COMMENT 'Dimensions of the first event'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (organization_id, user_id)
COMMENT 'Silver: users by organisation, with their number, first and last use and the newest value of each dimension; kept for ever';

-- The changes that one rebuild makes to users. The job writes them before it applies them to users, cohorts and
-- user_groups, so that the next rebuild can finish an interrupted one.
CREATE TABLE IF NOT EXISTS `${database}`.user_changes
(
    organization_id LowCardinality(String),
    version UInt64,
    part UInt16 COMMENT 'Number of this part of the rebuild',
    user_id String COMMENT 'Empty in the row that confirms that the part is complete' CODEC(ZSTD(1)),
    attempt UInt16 COMMENT 'A later attempt reads more days, and replaces the unsure rows of an earlier one',
    unsure UInt8 COMMENT '1 if a day that was not read may have the first or the last use',
    number UInt32,
    old_first_use DateTime64(3, 'UTC'),
    first_use DateTime64(3, 'UTC'),
    old_last_use DateTime64(3, 'UTC'),
    last_use DateTime64(3, 'UTC'),
    old_profile Array(LowCardinality(String)),
    profile Array(LowCardinality(String)),
    old_profile_times Array(DateTime64(3, 'UTC')),
    profile_times Array(DateTime64(3, 'UTC')),
    first_profile Array(LowCardinality(String)),
    at DateTime('UTC') DEFAULT now('UTC')
)
ENGINE = ReplacingMergeTree(attempt)
ORDER BY (version, part, organization_id, user_id)
TTL at + toIntervalDay(7)
COMMENT 'Silver: changes to users that go into users, cohorts and user_groups';

CREATE TABLE IF NOT EXISTS `${database}`.user_groups
(
    organization_id LowCardinality(String),
    version UInt64,
    part UInt16 COMMENT 'With version: the last part of user_changes that is counted',
    border Date32 COMMENT 'Users last active on this day or earlier are not counted: their events are no longer kept',
    oldest_use DateTime64(3, 'UTC') COMMENT 'No counted user was last active earlier',
    last_use DateTime64(3, 'UTC') COMMENT 'Latest last_use of all users',
    dimension Array(LowCardinality(String)),
    value Array(String) COMMENT 'Parallel to dimension',
    users Array(UInt64) COMMENT 'Number of users, parallel to dimension'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY organization_id
COMMENT 'Gold: users by the newest value of each dimension; one row an organisation';

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
COMMENT 'Gold: the users whose first ever use was on a day; kept for ever; empty if earlier uses of all of them arrived later';
