-- What a session may do less than its user. The name differs from members.permissions, because the previous version's
-- statements join both tables and do not qualify that column.
ALTER TABLE sessions ADD COLUMN permission_limit text[] CHECK (array_position(permission_limit, NULL) IS NULL);
COMMENT ON COLUMN sessions.permission_limit IS 'Of the permissions of its user''s memberships, those that the session has; NULL for all.';
COMMENT ON TABLE sessions IS 'Dashboard sessions of users. A session has the permissions of its user''s memberships, within permission_limit.';

-- It has no foreign keys: a row outlives what it describes.
CREATE TABLE account_changes (
    change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    changed_at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    database_user text NOT NULL DEFAULT session_user,
    kind text NOT NULL,
    action text NOT NULL,
    id text NOT NULL,
    organization_id text,
    details text NOT NULL
);
COMMENT ON TABLE account_changes IS 'Changes by ./quarry org, key, app, workspace, member and session: who, when and what. It has no secrets.';
COMMENT ON COLUMN account_changes.actor IS 'The person or program, as it named itself; database_user is what PostgreSQL has verified.';
CREATE INDEX account_changes_organization ON account_changes (organization_id, changed_at);
