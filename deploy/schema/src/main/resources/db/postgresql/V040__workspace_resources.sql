-- The resources of a workspace. An id is unique inside its workspace. A resource and its app or namespace are in the same
-- workspace: the foreign keys ensure it, and move or delete the resource together with its app or namespace.

CREATE TABLE workspace_apps (
    organization_id text NOT NULL,
    workspace_id text NOT NULL,
    app_id text NOT NULL CHECK (app_id ~ '^[A-Za-z0-9_-]{1,64}$'),
    name text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, workspace_id, app_id),
    FOREIGN KEY (organization_id, workspace_id) REFERENCES workspaces ON DELETE CASCADE
);
COMMENT ON TABLE workspace_apps IS 'Apps of a workspace. The apps API has its own table, apps.';

CREATE TABLE namespaces (
    organization_id text NOT NULL,
    workspace_id text NOT NULL,
    namespace_id text NOT NULL CHECK (namespace_id ~ '^[A-Za-z0-9_-]{1,64}$'),
    app_id text,
    name text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, workspace_id, namespace_id),
    FOREIGN KEY (organization_id, workspace_id) REFERENCES workspaces ON DELETE CASCADE,
    FOREIGN KEY (organization_id, workspace_id, app_id) REFERENCES workspace_apps ON UPDATE CASCADE ON DELETE CASCADE
);
COMMENT ON COLUMN namespaces.app_id IS 'The app of the namespace, or NULL.';
CREATE INDEX namespaces_app ON namespaces (organization_id, workspace_id, app_id) WHERE app_id IS NOT NULL;

CREATE TABLE sources (
    organization_id text NOT NULL,
    workspace_id text NOT NULL,
    source_id text NOT NULL CHECK (char_length(source_id) BETWEEN 1 AND 64),
    namespace_id text,
    type text NOT NULL CHECK (char_length(type) BETWEEN 1 AND 64),
    status text NOT NULL DEFAULT 'pending' CHECK (char_length(status) BETWEEN 1 AND 64),
    chunks bigint NOT NULL DEFAULT 0 CHECK (chunks >= 0),
    tokens bigint NOT NULL DEFAULT 0 CHECK (tokens >= 0),
    bytes bigint NOT NULL DEFAULT 0 CHECK (bytes >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, workspace_id, source_id),
    FOREIGN KEY (organization_id, workspace_id) REFERENCES workspaces ON DELETE CASCADE,
    FOREIGN KEY (organization_id, workspace_id, namespace_id) REFERENCES namespaces ON UPDATE CASCADE ON DELETE CASCADE
);
COMMENT ON COLUMN sources.namespace_id IS 'The namespace that it belongs to; NULL for a source of the whole workspace.';
COMMENT ON COLUMN sources.type IS 'file, url, text, ...: the set is open.';
COMMENT ON COLUMN sources.status IS 'pending, indexed, failed, or another step on the way: the set is open.';
CREATE INDEX sources_namespace ON sources (organization_id, workspace_id, namespace_id) WHERE namespace_id IS NOT NULL;

CREATE TABLE augmentations (
    organization_id text NOT NULL,
    workspace_id text NOT NULL,
    augmentation_id text NOT NULL CHECK (char_length(augmentation_id) BETWEEN 1 AND 64),
    app_id text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, workspace_id, augmentation_id),
    FOREIGN KEY (organization_id, workspace_id) REFERENCES workspaces ON DELETE CASCADE,
    FOREIGN KEY (organization_id, workspace_id, app_id) REFERENCES workspace_apps ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX augmentations_app ON augmentations (organization_id, workspace_id, app_id) WHERE app_id IS NOT NULL;

CREATE TABLE endpoints (
    organization_id text NOT NULL,
    workspace_id text NOT NULL,
    endpoint_id text NOT NULL CHECK (char_length(endpoint_id) BETWEEN 1 AND 64),
    app_id text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, workspace_id, endpoint_id),
    FOREIGN KEY (organization_id, workspace_id) REFERENCES workspaces ON DELETE CASCADE,
    FOREIGN KEY (organization_id, workspace_id, app_id) REFERENCES workspace_apps ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX endpoints_app ON endpoints (organization_id, workspace_id, app_id) WHERE app_id IS NOT NULL;

CREATE TABLE releases (
    organization_id text NOT NULL,
    workspace_id text NOT NULL,
    release_id text NOT NULL CHECK (char_length(release_id) BETWEEN 1 AND 64),
    app_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, workspace_id, release_id),
    FOREIGN KEY (organization_id, workspace_id) REFERENCES workspaces ON DELETE CASCADE,
    FOREIGN KEY (organization_id, workspace_id, app_id) REFERENCES workspace_apps ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX releases_app ON releases (organization_id, workspace_id, app_id);

CREATE TABLE threads (
    organization_id text NOT NULL,
    workspace_id text NOT NULL,
    thread_id text NOT NULL CHECK (char_length(thread_id) BETWEEN 1 AND 64),
    namespace_id text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, workspace_id, thread_id),
    FOREIGN KEY (organization_id, workspace_id) REFERENCES workspaces ON DELETE CASCADE,
    FOREIGN KEY (organization_id, workspace_id, namespace_id) REFERENCES namespaces ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX threads_namespace ON threads (organization_id, workspace_id, namespace_id) WHERE namespace_id IS NOT NULL;

CREATE TABLE actions (
    organization_id text NOT NULL,
    workspace_id text NOT NULL,
    action_id text NOT NULL CHECK (char_length(action_id) BETWEEN 1 AND 64),
    kind text NOT NULL CHECK (kind IN ('trigger', 'scheduled', 'manual')),
    enabled boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, workspace_id, action_id),
    FOREIGN KEY (organization_id, workspace_id) REFERENCES workspaces ON DELETE CASCADE
);
COMMENT ON COLUMN actions.kind IS 'What starts the action: an event (trigger), a schedule, or a person.';

CREATE TABLE secrets (
    organization_id text NOT NULL,
    workspace_id text NOT NULL,
    secret_id text NOT NULL CHECK (char_length(secret_id) BETWEEN 1 AND 64),
    type text NOT NULL CHECK (char_length(type) BETWEEN 1 AND 64),
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, workspace_id, secret_id),
    FOREIGN KEY (organization_id, workspace_id) REFERENCES workspaces ON DELETE CASCADE
);
COMMENT ON TABLE secrets IS 'The existence of secrets. Their values are not stored.';

CREATE TABLE models (
    organization_id text NOT NULL,
    workspace_id text NOT NULL,
    model_id text NOT NULL CHECK (char_length(model_id) BETWEEN 1 AND 64),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, workspace_id, model_id),
    FOREIGN KEY (organization_id, workspace_id) REFERENCES workspaces ON DELETE CASCADE
);
