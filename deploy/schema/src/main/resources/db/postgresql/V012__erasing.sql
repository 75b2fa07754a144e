-- Buckets whose events `./quarry erase` is about to delete. They are noted before the deletion and forgotten once the rollup
-- job has been asked to rebuild them. So a command that was killed in between is completed by the next one: after the
-- deletion, nothing else tells which buckets the events were in.
CREATE TABLE erasing_buckets (
    organization_id text NOT NULL,
    marks text NOT NULL,
    bucket timestamptz NOT NULL,
    PRIMARY KEY (organization_id, marks, bucket)
);
COMMENT ON TABLE erasing_buckets IS 'Buckets that an erasing command has touched and not yet had rebuilt.';
COMMENT ON COLUMN erasing_buckets.marks IS 'The table in ClickHouse that asks the rollup job to rebuild the bucket.';
