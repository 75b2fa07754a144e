-- On a cluster, a rollup job may refine each shard apart, under a lock and with a progress of its own. Shards count from 1;
-- shard 0 stands for all shards together, as on one node.
CREATE TABLE rollup_shards (
    name text NOT NULL,
    shard integer NOT NULL CHECK (shard > 0),
    as_of timestamptz NOT NULL,
    PRIMARY KEY (name, shard)
);
COMMENT ON TABLE rollup_shards IS 'By rollup and shard: every event of the shard acknowledged before as_of is in silver and gold, except for organisations in rollup_behind.';

CREATE TABLE organization_shards (
    organization_id text NOT NULL,
    shard integer NOT NULL CHECK (shard > 0),
    PRIMARY KEY (organization_id, shard)
);
COMMENT ON TABLE organization_shards IS 'The shard whose job has rebuilt a bucket of the organisation; while the organisation moves, both shards. Its answers are as recent as the least recent of them.';

-- The job of one shard does not know which organisations of other shards are behind.
ALTER TABLE rollup_behind ADD COLUMN shard integer NOT NULL DEFAULT 0;
ALTER TABLE rollup_behind DROP CONSTRAINT rollup_behind_pkey, ADD PRIMARY KEY (name, shard, organization_id);
COMMENT ON COLUMN rollup_behind.shard IS 'The shard whose job could not rebuild the bucket; 0 for the job of all shards.';

ALTER TABLE rollup_progress ALTER COLUMN as_of DROP NOT NULL;
COMMENT ON TABLE rollup_progress IS 'By rollup: every event acknowledged before as_of is in silver and gold, except for organisations in rollup_behind; null if only single shards have been refined, see rollup_shards. revision is the largest of rollup_revisions.';
