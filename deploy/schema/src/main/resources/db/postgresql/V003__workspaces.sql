CREATE TABLE workspaces (
    organization_id text NOT NULL REFERENCES organizations ON DELETE CASCADE,
    workspace_id text NOT NULL CHECK (workspace_id ~ '^[A-Za-z0-9_-]{1,64}$'),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, workspace_id)
);
COMMENT ON TABLE workspaces IS 'Workspaces of an organisation. An id is unique inside its organisation only.';
