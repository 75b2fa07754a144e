-- How long bronze is kept. Runs again whenever a number changes; a table whose number is the same is left alone by
-- ClickHouse itself. alter_sync = 0: rows that are too old by the new number go in the background, however many.
-- Date32, because a Date or a DateTime plus years can pass the end of its range and come out in the past.
ALTER TABLE `${database}`.events MODIFY TTL toDate32(time) + toIntervalDay(${retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.invocations MODIFY TTL toDate32(time) + toIntervalDay(${retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.invocation_rollups MODIFY TTL toDate32(bucket) + toIntervalDay(${retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.executions MODIFY TTL toDate32(time) + toIntervalDay(${retention_days}) SETTINGS alter_sync = 0;
-- Gold goes with its bronze, so that what is counted is always what could be counted anew.
ALTER TABLE `${database}`.execution_counts MODIFY TTL toDate32(quarter) + toIntervalDay(${retention_days}) SETTINGS alter_sync = 0;

ALTER TABLE `${database}`.canvas_app_logs MODIFY TTL toDate32(timestamp) + toIntervalDay(${log_retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.canvas_app_problems MODIFY TTL toDate32(timestamp) + toIntervalDay(${log_retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.canvas_request_logs MODIFY TTL toDate32(timestamp) + toIntervalDay(${log_retention_days}) SETTINGS alter_sync = 0;
-- One day more: the overview looks back 30 times 24 hours, which is into a 31st day.
ALTER TABLE `${database}`.canvas_app_events MODIFY TTL toDate32(timestamp) + toIntervalDay(${log_retention_days} + 1) SETTINGS alter_sync = 0;

ALTER TABLE `${database}`.canvas_errors MODIFY TTL toDate32(timestamp) + toIntervalDay(${error_retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.canvas_vitals MODIFY TTL toDate32(timestamp) + toIntervalDay(${error_retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.app_rollups MODIFY TTL toDate32(bucket) + toIntervalDay(${error_retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.app_vital_bins MODIFY TTL toDate32(day) + toIntervalDay(${error_retention_days}) SETTINGS alter_sync = 0;

-- What is refined from events goes with them. Not so users and cohorts: a first ever use stays known.
-- One day more: the row of the day before the first kept day holds the sessions that were open at midnight.
ALTER TABLE `${database}`.activity_days MODIFY TTL toDate32(day) + toIntervalDay(${retention_days} + 1) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.user_groups MODIFY TTL toDate32(last_use) + toIntervalDay(${retention_days}) SETTINGS alter_sync = 0;

-- For jobs that must not rebuild or compare a day whose events have expired in part.
CREATE OR REPLACE VIEW `${database}`.event_retention AS
SELECT
    toUInt32(${retention_days}) AS days,
    toUInt32(least(${log_retention_days}, ${error_retention_days})) AS app_days;

-- The retention that the tables above have from here on. Services read it together with announced_retention, and take
-- the shorter one. R__announced_retention.sql explains the *_since columns.
CREATE OR REPLACE VIEW `${database}`.retention AS SELECT
    toUInt32(${retention_days}) AS event_days, toDate('${events_since}') AS events_since,
    toUInt32(${error_retention_days}) AS error_days, toDate('${errors_since}') AS errors_since,
    toUInt32(${log_retention_days}) AS log_days, toDate('${logs_since}') AS logs_since;
