-- A copy of the warnings and errors of the runtime logs, sorted by severity. A page of a rare severity is
-- one short range here; canvas_app_logs would need a long scan (ten times slower with one error in 2,000 entries). The
-- view is idempotent: an entry that is delivered again has the same key in both tables, so it collapses in both.
CREATE TABLE IF NOT EXISTS `${database}`.canvas_app_problems
(
    organization_id LowCardinality(String),
    app_id LowCardinality(String),
    severity LowCardinality(String) COMMENT 'error or warn',
    timestamp DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    event_id UUID,
    message String CODEC(ZSTD(1)),
    route_path String CODEC(ZSTD(1)),
    request_id String CODEC(ZSTD(1)),
    delivered DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(delivered)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (organization_id, app_id, severity, timestamp, event_id)
COMMENT 'Silver: warnings and errors of canvas_app_logs, filled by canvas_app_problems_view';

CREATE MATERIALIZED VIEW IF NOT EXISTS `${database}`.canvas_app_problems_view TO `${database}`.canvas_app_problems AS
SELECT organization_id, app_id, severity, timestamp, event_id, message, route_path, request_id, delivered
FROM `${database}`.canvas_app_logs
WHERE severity IN ('warn', 'error');
