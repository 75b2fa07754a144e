-- The times that bronze accepts: from ${earliest_day} on, within the retention (R__retention.sql), and at most
-- ${hours_ahead} hours ahead of the engine's clock. This also refuses wrong units: epoch seconds read as milliseconds
-- are in January 1970. This file runs again if one of the numbers changes. Between the two statements for a table, only
-- the constraints of the table itself check an INSERT.

ALTER TABLE `${database}`.events DROP CONSTRAINT IF EXISTS time_is_accepted;
ALTER TABLE `${database}`.events ADD CONSTRAINT IF NOT EXISTS time_is_accepted CHECK
    time >= '${earliest_day}'
    AND toDate32(time) + toIntervalDay(${retention_days}) > toDate32(now('UTC'))
    AND time <= now64(3, 'UTC') + toIntervalHour(${hours_ahead});

ALTER TABLE `${database}`.invocations DROP CONSTRAINT IF EXISTS time_is_accepted;
ALTER TABLE `${database}`.invocations ADD CONSTRAINT IF NOT EXISTS time_is_accepted CHECK
    time >= '${earliest_day}'
    AND toDate32(time) + toIntervalDay(${retention_days}) > toDate32(now('UTC'))
    AND time <= now64(3, 'UTC') + toIntervalHour(${hours_ahead});

ALTER TABLE `${database}`.executions DROP CONSTRAINT IF EXISTS time_is_accepted;
ALTER TABLE `${database}`.executions ADD CONSTRAINT IF NOT EXISTS time_is_accepted CHECK
    time >= '${earliest_day}'
    AND toDate32(time) + toIntervalDay(${retention_days}) > toDate32(now('UTC'))
    AND time <= now64(3, 'UTC') + toIntervalHour(${hours_ahead});

ALTER TABLE `${database}`.canvas_errors DROP CONSTRAINT IF EXISTS timestamp_is_accepted;
ALTER TABLE `${database}`.canvas_errors ADD CONSTRAINT IF NOT EXISTS timestamp_is_accepted CHECK
    timestamp >= '${earliest_day}'
    AND toDate32(timestamp) + toIntervalDay(${error_retention_days}) > toDate32(now('UTC'))
    AND timestamp <= now64(3, 'UTC') + toIntervalHour(${hours_ahead});

ALTER TABLE `${database}`.canvas_vitals DROP CONSTRAINT IF EXISTS timestamp_is_accepted;
ALTER TABLE `${database}`.canvas_vitals ADD CONSTRAINT IF NOT EXISTS timestamp_is_accepted CHECK
    timestamp >= '${earliest_day}'
    AND toDate32(timestamp) + toIntervalDay(${error_retention_days}) > toDate32(now('UTC'))
    AND timestamp <= now64(3, 'UTC') + toIntervalHour(${hours_ahead});

ALTER TABLE `${database}`.canvas_app_events DROP CONSTRAINT IF EXISTS timestamp_is_accepted;
ALTER TABLE `${database}`.canvas_app_events ADD CONSTRAINT IF NOT EXISTS timestamp_is_accepted CHECK
    timestamp >= '${earliest_day}'
    AND toDate32(timestamp) + toIntervalDay(${log_retention_days} + 1) > toDate32(now('UTC'))
    AND timestamp <= now64(3, 'UTC') + toIntervalHour(${hours_ahead});

ALTER TABLE `${database}`.canvas_app_logs DROP CONSTRAINT IF EXISTS timestamp_is_accepted;
ALTER TABLE `${database}`.canvas_app_logs ADD CONSTRAINT IF NOT EXISTS timestamp_is_accepted CHECK
    timestamp >= '${earliest_day}'
    AND toDate32(timestamp) + toIntervalDay(${log_retention_days}) > toDate32(now('UTC'))
    AND timestamp <= now64(3, 'UTC') + toIntervalHour(${hours_ahead});

ALTER TABLE `${database}`.canvas_request_logs DROP CONSTRAINT IF EXISTS timestamp_is_accepted;
ALTER TABLE `${database}`.canvas_request_logs ADD CONSTRAINT IF NOT EXISTS timestamp_is_accepted CHECK
    timestamp >= '${earliest_day}'
    AND toDate32(timestamp) + toIntervalDay(${log_retention_days}) > toDate32(now('UTC'))
    AND timestamp <= now64(3, 'UTC') + toIntervalHour(${hours_ahead});
