-- Buckets whose events `./quarry erase` is about to delete. The command inserts them before it deletes the events, and
-- removes them once it has requested their rebuild. So the next command can complete an interrupted one: after the
-- deletion, no other table has the buckets of the deleted events.
CREATE TABLE erasing_buckets (
    organization_id text NOT NULL,
    marks text NOT NULL,
    bucket timestamptz NOT NULL,
    PRIMARY KEY (organization_id, marks, bucket)
);
COMMENT ON TABLE erasing_buckets IS 'Buckets whose events are being erased and whose rebuild has not been requested yet.';
COMMENT ON COLUMN erasing_buckets.marks IS 'The ClickHouse table of marks in which to request the rebuild.';
