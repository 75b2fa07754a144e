-- Organisations, their members, API keys and dashboard sessions.
-- The tables have only SHA-256 digests of secrets, so a leaked backup gives no access.

CREATE TABLE organizations (
    organization_id text PRIMARY KEY CHECK (organization_id ~ '^[A-Za-z0-9_-]{1,64}$'),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE organizations IS 'Tenants. A tenant''s rows, here and in ClickHouse, have its organization_id.';

CREATE TABLE users (
    user_id text PRIMARY KEY CHECK (char_length(user_id) BETWEEN 1 AND 64),
    email text,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE users IS 'People who use a dashboard; a user may belong to several organisations.';
-- Mail addresses are not case-sensitive.
CREATE UNIQUE INDEX users_email ON users (lower(email));

CREATE TABLE members (
    organization_id text NOT NULL REFERENCES organizations ON DELETE CASCADE,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    permissions text[] NOT NULL CHECK (array_position(permissions, NULL) IS NULL),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, user_id)
);
COMMENT ON TABLE members IS 'Permissions of a user in an organisation.';
CREATE INDEX members_user ON members (user_id);

CREATE TABLE api_keys (
    key_id text PRIMARY KEY CHECK (char_length(key_id) BETWEEN 1 AND 64),
    organization_id text NOT NULL REFERENCES organizations ON DELETE CASCADE,
    name text NOT NULL,
    prefix text NOT NULL CHECK (char_length(prefix) <= 16),
    key_sha256 bytea NOT NULL UNIQUE CHECK (octet_length(key_sha256) = 32),
    permissions text[] NOT NULL CHECK (array_position(permissions, NULL) IS NULL),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz
);
COMMENT ON TABLE api_keys IS 'Keys of programs. A key is valid until it expires or is revoked.';
COMMENT ON COLUMN api_keys.prefix IS 'The first characters of the key, so that people can distinguish keys.';
CREATE INDEX api_keys_organization ON api_keys (organization_id);

CREATE TABLE sessions (
    session_id text PRIMARY KEY CHECK (char_length(session_id) BETWEEN 1 AND 64),
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    token_sha256 bytea NOT NULL UNIQUE CHECK (octet_length(token_sha256) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
COMMENT ON TABLE sessions IS 'Dashboard sessions of users. A session has the permissions of its user''s memberships.';
CREATE INDEX sessions_user ON sessions (user_id);

-- Services cache credentials for a short time. These triggers notify them on the channel quarry_credentials to remove one
-- at once: the payload is the lower-case hex SHA-256 of a key or a token, or '*' for all (a membership concerns every
-- session of the user). Row triggers also fire for rows deleted by a cascade, so deleting an organisation or a user
-- notifies too.
CREATE FUNCTION notify_api_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('quarry_credentials', encode(OLD.key_sha256, 'hex'));
    RETURN NULL;
END;
$$;

CREATE FUNCTION notify_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('quarry_credentials', encode(OLD.token_sha256, 'hex'));
    RETURN NULL;
END;
$$;

CREATE FUNCTION notify_all_credentials() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('quarry_credentials', '*');
    RETURN NULL;
END;
$$;

CREATE TRIGGER api_key_changed AFTER UPDATE OR DELETE ON api_keys
    FOR EACH ROW EXECUTE FUNCTION notify_api_key();
CREATE TRIGGER session_changed AFTER UPDATE OR DELETE ON sessions
    FOR EACH ROW EXECUTE FUNCTION notify_session();
CREATE TRIGGER member_changed AFTER UPDATE OR DELETE ON members
    FOR EACH ROW EXECUTE FUNCTION notify_all_credentials();

-- TRUNCATE fires no row trigger.
CREATE TRIGGER api_keys_truncated AFTER TRUNCATE ON api_keys
    FOR EACH STATEMENT EXECUTE FUNCTION notify_all_credentials();
CREATE TRIGGER sessions_truncated AFTER TRUNCATE ON sessions
    FOR EACH STATEMENT EXECUTE FUNCTION notify_all_credentials();
CREATE TRIGGER members_truncated AFTER TRUNCATE ON members
    FOR EACH STATEMENT EXECUTE FUNCTION notify_all_credentials();
