-- What the refining job needs beside ClickHouse: one writer at a time (an advisory lock), and these.

-- Whoever holds the lock takes its versions from here, so a later holder's are always larger.
CREATE SEQUENCE refining_version;

CREATE TABLE refining_progress (
    name text PRIMARY KEY,
    as_of timestamptz NOT NULL
);
COMMENT ON TABLE refining_progress IS 'By refinement: every event acknowledged before as_of is in silver and gold.';

CREATE TABLE refining_series (
    name text PRIMARY KEY,
    last bigint NOT NULL CHECK (last >= 0)
);
COMMENT ON TABLE refining_series IS 'Numbers handed out, such as an organisation''s dense user numbers. They only grow.';
