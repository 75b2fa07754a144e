-- Tells services how long rows will be kept, before R__retention.sql changes the tables: what a shorter retention deletes must
-- not be missing from an answer that still counts on it.
--
-- The days since which rows are kept are 1970-01-01 until a retention is made longer. Rows that a shorter retention deleted do
-- not come back, so from then on rows are kept since the first day that was kept at that time.
CREATE OR REPLACE VIEW `${database}`.announced_retention AS SELECT
    toUInt32(${retention_days}) AS event_days, toDate('${events_since}') AS events_since,
    toUInt32(${error_retention_days}) AS error_days, toDate('${errors_since}') AS errors_since,
    toUInt32(${log_retention_days}) AS log_days, toDate('${logs_since}') AS logs_since;
