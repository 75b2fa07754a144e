-- Who has ever used a product. Both views only take minima and maxima, so they are exact however often, late or out of
-- order an event comes.

-- The one table that outlives the events: without it, a user of long ago would be new again.
CREATE TABLE IF NOT EXISTS `${database}`.users
(
    organization_id LowCardinality(String),
    user_id String CODEC(ZSTD(1)),
    -- Written by the refining job alone; 0 in the rows of the view. Dense, so that bitmaps of users are small; should a
    -- user ever have been given two by a job that had lost its lock, the larger counts.
    number SimpleAggregateFunction(max, UInt32),
    first_use SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    last_use SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (organization_id, user_id)
COMMENT 'Silver: users by organisation, with their number and first and last use; kept for ever';

CREATE MATERIALIZED VIEW IF NOT EXISTS `${database}`.users_seen TO `${database}`.users AS
SELECT organization_id, user_id, 0 AS number, min(time) AS first_use, max(time) AS last_use
FROM `${database}`.events
WHERE user_id != ''
GROUP BY organization_id, user_id;

-- The greatest tuple is the newest event's, since its time comes first; the event's id decides between equal times.
CREATE TABLE IF NOT EXISTS `${database}`.user_profiles
(
    organization_id LowCardinality(String),
    user_id String CODEC(ZSTD(1)),
    last_use SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    newest SimpleAggregateFunction(max, Tuple(
        time DateTime64(3, 'UTC'),
        event_id String,
        locale String,
        country String,
        client String,
        device String,
        platform String,
        version String)) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
ORDER BY (organization_id, user_id)
COMMENT 'Silver: the dimensions of each user''s newest event';

CREATE MATERIALIZED VIEW IF NOT EXISTS `${database}`.user_profiling TO `${database}`.user_profiles AS
SELECT
    organization_id,
    user_id,
    max(time) AS last_use,
    max((
        time,
        toString(event_id),
        CAST(locale, 'String'),
        CAST(country, 'String'),
        CAST(client, 'String'),
        CAST(device, 'String'),
        CAST(platform, 'String'),
        CAST(version, 'String'))) AS newest
FROM `${database}`.events
WHERE user_id != ''
GROUP BY organization_id, user_id;

CREATE TABLE IF NOT EXISTS `${database}`.user_groups
(
    organization_id LowCardinality(String),
    version UInt64,
    last_use DateTime64(3, 'UTC') COMMENT 'Of any user',
    dimension Array(LowCardinality(String)),
    value Array(String) COMMENT 'Side by side with dimension',
    users Array(UInt64) COMMENT 'How many, side by side with dimension'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY organization_id
COMMENT 'Gold: users by the dimensions of their newest event; one row an organisation';
