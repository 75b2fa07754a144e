-- What the refining job needs beside ClickHouse: one writer at a time (an advisory lock), and these.

CREATE TABLE refining_progress (
    name text PRIMARY KEY,
    as_of timestamptz NOT NULL
);
COMMENT ON TABLE refining_progress IS 'By refinement: every event acknowledged before as_of is in silver and gold, but for organisations that are behind.';

CREATE TABLE refining_behind (
    name text NOT NULL,
    organization_id text NOT NULL,
    as_of timestamptz,
    PRIMARY KEY (name, organization_id)
);
COMMENT ON TABLE refining_behind IS 'Organisations of which something could not be rebuilt yet: what holds of them instead. Without as_of, nothing does.';

CREATE TABLE refining_series (
    name text PRIMARY KEY,
    last bigint NOT NULL CHECK (last >= 0)
);
COMMENT ON TABLE refining_series IS 'Numbers handed out, such as versions of gold (version) and an organisation''s dense user numbers. They only grow.';

-- Somebody asks whether gold is what bronze says (./quarry verify), and each refining job answers.
CREATE TABLE verifications (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id text,
    requested_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE verifications IS 'Requests to compare gold with bronze: of one organisation, or of all. They hold for a day.';

CREATE TABLE verification_results (
    verification uuid NOT NULL REFERENCES verifications ON DELETE CASCADE,
    refinement text NOT NULL,
    compared bigint NOT NULL,
    mended bigint NOT NULL,
    unsettled text[] NOT NULL,
    remaining text[] NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (verification, refinement)
);
COMMENT ON TABLE verification_results IS 'Buckets: compared; mended by a rebuild; inserted into all the while; and what a rebuild does not mend.';
