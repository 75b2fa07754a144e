-- Tells services the new retention before R__retention.sql changes the tables. Otherwise an answer could count days whose
-- rows a shorter retention has just deleted.
--
-- The *_since columns are 1970-01-01 until a retention is made longer. A longer retention does not bring deleted rows
-- back, so *_since then becomes the first day that was kept at that time.
CREATE OR REPLACE VIEW `${database}`.announced_retention AS SELECT
    toUInt32(${retention_days}) AS event_days, toDate('${events_since}') AS events_since,
    toUInt32(${error_retention_days}) AS error_days, toDate('${errors_since}') AS errors_since,
    toUInt32(${log_retention_days}) AS log_days, toDate('${logs_since}') AS logs_since;

-- For jobs that must not rebuild or compare a day whose events have expired in part. After a longer retention, days before
-- *_since are such days too: their users and first uses are still stored, and a rebuild without events would lose them.
CREATE OR REPLACE VIEW `${database}`.event_retention AS
SELECT
    toUInt32(least(${retention_days}, dateDiff('day', toDate('${events_since}'), toDate(now('UTC'))) + 1)) AS days,
    toUInt32(least(
        ${log_retention_days}, dateDiff('day', toDate('${logs_since}'), toDate(now('UTC'))) + 1,
        ${error_retention_days}, dateDiff('day', toDate('${errors_since}'), toDate(now('UTC'))) + 1)) AS app_days;
