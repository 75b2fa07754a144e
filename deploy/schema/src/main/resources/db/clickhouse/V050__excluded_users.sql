-- Staff and bots whose events do not count in product metrics. A row is a change: from the day `since` on, the user is
-- excluded or counts again. On each day, the newest change that begins on this day or earlier decides. So rows are only
-- added, and a newer change with the same `since` replaces an older one. The command exclude-users writes the rows and
-- marks the days that change; the rollup job reads them with the events.
CREATE TABLE IF NOT EXISTS `${database}`.excluded_users
(
    organization_id LowCardinality(String),
    user_id String CODEC(ZSTD(1)),
    since Date COMMENT 'First day (UTC) that the change is about; 1970-01-01 for all days',
    excluded Bool COMMENT 'Whether the user is excluded or counts again',
    at DateTime64(9, 'UTC') DEFAULT now64(9, 'UTC') COMMENT 'When the change was made; the newest one decides'
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (organization_id, user_id, since)
COMMENT 'Users whose events do not count: staff and bots of an organisation';
