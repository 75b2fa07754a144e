-- The apps API answers 404 for an app that is not in this table, even if ClickHouse has rows with its id.
CREATE TABLE apps (
    organization_id text NOT NULL REFERENCES organizations ON DELETE CASCADE,
    app_id text NOT NULL CHECK (app_id ~ '^[A-Za-z0-9_-]{1,64}$'),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, app_id)
);
COMMENT ON TABLE apps IS 'Apps of an organisation. An id is unique inside its organisation only.';
