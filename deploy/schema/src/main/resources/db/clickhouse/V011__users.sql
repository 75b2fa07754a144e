-- Who has ever used a product. These are the tables that outlive the events: without them a user of long ago would be new
-- again.
CREATE TABLE IF NOT EXISTS `${database}`.users
(
    organization_id LowCardinality(String),
    user_id String CODEC(ZSTD(1)),
    version UInt64,
    number UInt32 COMMENT 'Counts up from 1 in each organisation, so that sets of users are small bitmaps; never changes',
    first_use DateTime64(3, 'UTC') COMMENT '2149-01-01 where no event of the user is left',
    last_use DateTime64(3, 'UTC') COMMENT '1970-01-01 where no event of the user is left',
    profile Array(LowCardinality(String)) COMMENT 'What the newest event says: locale, country, client, device, platform, version'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (organization_id, user_id)
COMMENT 'Silver: users by organisation, with their number, first and last use and newest dimensions; kept for ever';

-- What one rebuild changes about users. It is written before users, cohorts and user_groups, which follow from it: a rebuild
-- that dies in between is finished by the next one.
CREATE TABLE IF NOT EXISTS `${database}`.user_changes
(
    organization_id LowCardinality(String),
    version UInt64,
    part UInt16 COMMENT 'Which of the parts of a rebuild',
    user_id String COMMENT 'Empty in the row that says that all of the part has been written' CODEC(ZSTD(1)),
    attempt UInt16 COMMENT 'A later attempt has read more days, and replaces what an earlier one was unsure of',
    unsure UInt8 COMMENT '1 where a day that was not read may have the first or the last use',
    number UInt32,
    old_first_use DateTime64(3, 'UTC'),
    first_use DateTime64(3, 'UTC'),
    old_last_use DateTime64(3, 'UTC'),
    last_use DateTime64(3, 'UTC'),
    old_profile Array(LowCardinality(String)),
    profile Array(LowCardinality(String)),
    at DateTime('UTC') DEFAULT now('UTC')
)
ENGINE = ReplacingMergeTree(attempt)
ORDER BY (version, part, organization_id, user_id)
TTL at + toIntervalDay(7)
COMMENT 'Silver: changes of users, on their way into users, cohorts and user_groups';

CREATE TABLE IF NOT EXISTS `${database}`.user_groups
(
    organization_id LowCardinality(String),
    version UInt64,
    part UInt16 COMMENT 'The last of user_changes that is counted, with version',
    border Date32 COMMENT 'Users who were last active on this day or before are not counted: their events are no longer kept',
    last_use DateTime64(3, 'UTC') COMMENT 'Of any user',
    dimension Array(LowCardinality(String)),
    value Array(String) COMMENT 'Side by side with dimension',
    users Array(UInt64) COMMENT 'How many, side by side with dimension'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY organization_id
COMMENT 'Gold: users by the dimensions of their newest event; one row an organisation';

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
