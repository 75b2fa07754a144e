-- Tells services the new retention before R__retention.sql changes the tables. Otherwise an answer could count days whose
-- rows a shorter retention has just deleted.
--
-- The *_since columns are 1970-01-01 until a retention is made longer. A longer retention does not bring deleted rows
-- back, so *_since then becomes the first day that was kept at that time.
CREATE OR REPLACE VIEW `${database}`.announced_retention AS SELECT
    toUInt32(${retention_days}) AS event_days, toDate('${events_since}') AS events_since,
    toUInt32(${error_retention_days}) AS error_days, toDate('${errors_since}') AS errors_since,
    toUInt32(${log_retention_days}) AS log_days, toDate('${logs_since}') AS logs_since;
