-- State of the rollup job outside ClickHouse. An advisory lock lets one job write at a time.

CREATE TABLE rollup_progress (
    name text PRIMARY KEY,
    as_of timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE rollup_progress IS 'By rollup: every event acknowledged before as_of is in silver and gold, except for organisations in rollup_behind. revision is the largest of rollup_revisions.';

CREATE TABLE rollup_revisions (
    name text NOT NULL,
    organization_id text NOT NULL,
    revision bigint NOT NULL,
    PRIMARY KEY (name, organization_id)
);
CREATE INDEX rollup_revisions_by_revision ON rollup_revisions (name, revision);
COMMENT ON TABLE rollup_revisions IS 'The revision that last changed silver or gold of an organisation. Services reuse an answer until the revision of its organisation rises.';

CREATE TABLE rollup_behind (
    name text NOT NULL,
    organization_id text NOT NULL,
    as_of timestamptz,
    PRIMARY KEY (name, organization_id)
);
COMMENT ON TABLE rollup_behind IS 'Organisations with a bucket that could not be rebuilt yet, with their own as_of; null if it is unknown.';

CREATE TABLE rollup_series (
    name text PRIMARY KEY,
    last bigint NOT NULL CHECK (last >= 0)
);
COMMENT ON TABLE rollup_series IS 'Series of assigned numbers, such as versions of gold (version) and the user numbers of an organisation. Numbers only increase.';

-- `./quarry verify` requests a comparison of gold with bronze here, and each rollup job answers.
CREATE TABLE verifications (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id text,
    requested_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE verifications IS 'Requests to compare gold with bronze, for one organisation or all. A request expires after a day.';

CREATE TABLE verification_results (
    verification uuid NOT NULL REFERENCES verifications ON DELETE CASCADE,
    rollup text NOT NULL,
    compared bigint NOT NULL,
    mended bigint NOT NULL,
    unsettled text[] NOT NULL,
    remaining text[] NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (verification, rollup)
);
COMMENT ON TABLE verification_results IS 'The numbers of compared and of repaired buckets (mended); the names of buckets that still receive rows (unsettled) and that differ after a rebuild (remaining).';
