-- The retention of all tables. This file runs again if a number changes; ClickHouse does nothing for a table whose number
-- is the same. alter_sync = 0: ClickHouse deletes rows that are too old in the background.
-- Date32: a Date or a DateTime plus years can exceed its range and wrap around into the past.
ALTER TABLE `${database}`.events MODIFY TTL toDate32(time) + toIntervalDay(${retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.invocations MODIFY TTL toDate32(time) + toIntervalDay(${retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.invocation_rollups MODIFY TTL toDate32(bucket) + toIntervalDay(${retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.executions MODIFY TTL toDate32(time) + toIntervalDay(${retention_days}) SETTINGS alter_sync = 0;
-- Gold is kept as long as its bronze, so a rebuild always returns the same numbers.
ALTER TABLE `${database}`.execution_counts MODIFY TTL toDate32(quarter) + toIntervalDay(${retention_days}) SETTINGS alter_sync = 0;

ALTER TABLE `${database}`.canvas_app_logs MODIFY TTL toDate32(timestamp) + toIntervalDay(${log_retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.canvas_app_problems MODIFY TTL toDate32(timestamp) + toIntervalDay(${log_retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.canvas_request_logs MODIFY TTL toDate32(timestamp) + toIntervalDay(${log_retention_days}) SETTINGS alter_sync = 0;
-- One day more: the overview's window of 30 times 24 hours reaches into a 31st day.
ALTER TABLE `${database}`.canvas_app_events MODIFY TTL toDate32(timestamp) + toIntervalDay(${log_retention_days} + 1) SETTINGS alter_sync = 0;

ALTER TABLE `${database}`.canvas_errors MODIFY TTL toDate32(timestamp) + toIntervalDay(${error_retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.canvas_vitals MODIFY TTL toDate32(timestamp) + toIntervalDay(${error_retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.app_counts MODIFY TTL toDate32(bucket) + toIntervalDay(${error_retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.app_vital_bins MODIFY TTL toDate32(day) + toIntervalDay(${error_retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.app_vital_histograms MODIFY TTL toDate32(bucket) + toIntervalDay(${error_retention_days}) SETTINGS alter_sync = 0;

-- Silver and gold of events are kept as long as the events, except users and cohorts, which are kept for ever.
-- One day more: the day before the first kept day has the sessions that were open at midnight.
ALTER TABLE `${database}`.activity_days MODIFY TTL toDate32(day) + toIntervalDay(${retention_days} + 1) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.activity_counts MODIFY TTL toDate32(day) + toIntervalDay(${retention_days}) SETTINGS alter_sync = 0;
ALTER TABLE `${database}`.user_groups MODIFY TTL toDate32(last_use) + toIntervalDay(${retention_days}) SETTINGS alter_sync = 0;

-- The retention that the tables above now have. Services read it together with announced_retention, and use the shorter
-- one. R__announced_retention.sql explains the *_since columns.
CREATE OR REPLACE VIEW `${database}`.retention AS SELECT
    toUInt32(${retention_days}) AS event_days, toDate('${events_since}') AS events_since,
    toUInt32(${error_retention_days}) AS error_days, toDate('${errors_since}') AS errors_since,
    toUInt32(${log_retention_days}) AS log_days, toDate('${logs_since}') AS logs_since;
