-- The numbers of resources of a workspace, an app and a namespace. Triggers keep them, so reading a number takes the same
-- time for a million sources as for none.
--
-- A count is the sum over its rows. A writer appends the difference that its statement makes, so writers do not wait for
-- each other and cannot deadlock on a count. A rollback also removes these rows, so a snapshot always has counts that
-- match its resources. From time to time a writer merges the rows of the workspaces that it changed; it skips rows that
-- another writer is merging.

CREATE TABLE resource_counts (
    organization_id text NOT NULL,
    workspace_id text NOT NULL,
    resource text NOT NULL,
    owned boolean NOT NULL,
    type text NOT NULL,
    status text NOT NULL,
    count bigint NOT NULL,
    chunks bigint NOT NULL,
    tokens bigint NOT NULL,
    bytes bigint NOT NULL,
    changed_at timestamptz NOT NULL
) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
COMMENT ON TABLE resource_counts IS 'Counts by workspace: sum the rows. There is no primary key, because writers only append and merge rows.';
COMMENT ON COLUMN resource_counts.owned IS 'Whether the resource belongs to an app or a namespace of the workspace.';
CREATE INDEX resource_counts_workspace ON resource_counts (organization_id, workspace_id, resource);

CREATE TABLE owned_counts (
    organization_id text NOT NULL,
    workspace_id text NOT NULL,
    owner_id text NOT NULL,
    resource text NOT NULL,
    count bigint NOT NULL
) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
COMMENT ON TABLE owned_counts IS 'Counts by app or namespace: sum the rows.';
COMMENT ON COLUMN owned_counts.owner_id IS 'A namespace for sources and threads, an app for all other resources.';
CREATE INDEX owned_counts_owner ON owned_counts (organization_id, workspace_id, owner_id, resource);

-- Merges the rows of counts: those of a workspace if the owner is NULL, else those of the owner. Rows of a workspace with a
-- sum of zero stay, because they have the time of the last change; rows of an owner with a sum of zero are removed.
CREATE FUNCTION merge_resource_counts(organizations text[], workspaces text[], owners text[]) RETURNS void
LANGUAGE sql AS $$
    WITH free AS MATERIALIZED (
        SELECT resource_counts.ctid
        FROM (SELECT DISTINCT organization_id, workspace_id
              FROM unnest(organizations, workspaces, owners) AS touched (organization_id, workspace_id, owner_id)
              WHERE owner_id IS NULL) AS touched
        JOIN resource_counts USING (organization_id, workspace_id)
        FOR UPDATE OF resource_counts SKIP LOCKED
    ), taken AS (
        DELETE FROM resource_counts USING free WHERE resource_counts.ctid = free.ctid
        RETURNING resource_counts.*
    )
    INSERT INTO resource_counts
    SELECT organization_id, workspace_id, resource, owned, type, status,
           sum(count)::bigint, sum(chunks)::bigint, sum(tokens)::bigint, sum(bytes)::bigint, max(changed_at)
    FROM taken
    GROUP BY organization_id, workspace_id, resource, owned, type, status;

    WITH free AS MATERIALIZED (
        SELECT owned_counts.ctid
        FROM (SELECT DISTINCT organization_id, workspace_id, owner_id
              FROM unnest(organizations, workspaces, owners) AS touched (organization_id, workspace_id, owner_id)
              WHERE owner_id IS NOT NULL) AS touched
        JOIN owned_counts USING (organization_id, workspace_id, owner_id)
        FOR UPDATE OF owned_counts SKIP LOCKED
    ), taken AS (
        DELETE FROM owned_counts USING free WHERE owned_counts.ctid = free.ctid
        RETURNING owned_counts.*
    )
    INSERT INTO owned_counts
    SELECT organization_id, workspace_id, owner_id, resource, sum(count)::bigint
    FROM taken
    GROUP BY organization_id, workspace_id, owner_id, resource
    HAVING sum(count) <> 0;
$$;

-- Merges about once per 64 appended rows. It does not merge in REPEATABLE READ and above: there, a row that another writer
-- has just merged would make the transaction fail.
CREATE FUNCTION merge_resource_counts_sometimes(organizations text[], workspaces text[], owners text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF random() * 64 < cardinality(workspaces) AND current_setting('transaction_isolation') = 'read committed' THEN
        PERFORM merge_resource_counts(organizations, workspaces, owners);
    END IF;
END;
$$;

-- Creates the triggers that count the rows of a table. Triggers are per statement, with transition tables, so loading a
-- million rows appends a few counts; PostgreSQL needs one trigger for each kind of statement. The arguments are expressions
-- over the table's columns: the id of the app or namespace, and the other dimensions of the counts.
CREATE PROCEDURE count_resources(
    counted_table text,
    resource text,
    owner text DEFAULT 'NULL::text',
    type text DEFAULT '''''',
    status text DEFAULT '''''',
    chunks text DEFAULT '0',
    tokens text DEFAULT '0',
    bytes text DEFAULT '0')
LANGUAGE plpgsql AS $procedure$
DECLARE
    columns text := format(
        'organization_id, workspace_id, %s AS owner_id, %s AS type, %s AS status, %s AS chunks, %s AS tokens, %s AS bytes',
        owner, type, status, chunks, tokens, bytes);
    arrivals text := format('SELECT 1 AS sign, %s FROM arrived', columns);
    departures text := format('SELECT -1 AS sign, %s FROM departed', columns);
    statement text;
    changes text;
    transition text;
BEGIN
    FOR statement, changes, transition IN
        VALUES ('insert', arrivals, 'NEW TABLE AS arrived'),
               ('delete', departures, 'OLD TABLE AS departed'),
               ('update', arrivals || ' UNION ALL ' || departures, 'OLD TABLE AS departed NEW TABLE AS arrived')
    LOOP
        EXECUTE format($function$
            CREATE FUNCTION %1$s() RETURNS trigger LANGUAGE plpgsql AS $body$
            DECLARE
                organizations text[];
                workspaces text[];
                owners text[];
            BEGIN
                WITH changes AS (
                    %2$s
                ), by_workspace AS (
                    INSERT INTO resource_counts
                    SELECT organization_id, workspace_id, %3$L, owner_id IS NOT NULL, type, status, sum(sign)::bigint,
                           sum(sign * chunks)::bigint, sum(sign * tokens)::bigint, sum(sign * bytes)::bigint,
                           clock_timestamp()
                    FROM changes
                    GROUP BY organization_id, workspace_id, owner_id IS NOT NULL, type, status
                    HAVING (sum(sign), sum(sign * chunks), sum(sign * tokens), sum(sign * bytes)) <> (0, 0, 0, 0)
                    RETURNING organization_id, workspace_id, NULL AS owner_id
                ), by_owner AS (
                    INSERT INTO owned_counts
                    SELECT organization_id, workspace_id, owner_id, %3$L, sum(sign)::bigint
                    FROM changes
                    WHERE owner_id IS NOT NULL
                    GROUP BY organization_id, workspace_id, owner_id
                    HAVING sum(sign) <> 0
                    RETURNING organization_id, workspace_id, owner_id
                )
                SELECT array_agg(organization_id), array_agg(workspace_id), array_agg(owner_id)
                INTO organizations, workspaces, owners
                FROM (SELECT * FROM by_workspace UNION ALL SELECT * FROM by_owner) AS appended;
                PERFORM merge_resource_counts_sometimes(organizations, workspaces, owners);
                RETURN NULL;
            END;
            $body$
            $function$, format('count_%s_after_%s', counted_table, statement), changes, resource);
        EXECUTE format(
            'CREATE TRIGGER counted_after_%2$s AFTER %2$s ON %1$I REFERENCING %3$s '
            'FOR EACH STATEMENT EXECUTE FUNCTION count_%1$s_after_%2$s()',
            counted_table, statement, transition);
    END LOOP;
    EXECUTE format($function$
        CREATE FUNCTION count_%1$s_after_truncate() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
            INSERT INTO resource_counts
            SELECT organization_id, workspace_id, resource, owned, type, status,
                   -sum(count)::bigint, -sum(chunks)::bigint, -sum(tokens)::bigint, -sum(bytes)::bigint, clock_timestamp()
            FROM resource_counts
            WHERE resource = %2$L
            GROUP BY organization_id, workspace_id, resource, owned, type, status;
            INSERT INTO owned_counts
            SELECT organization_id, workspace_id, owner_id, resource, -sum(count)::bigint
            FROM owned_counts
            WHERE resource = %2$L
            GROUP BY organization_id, workspace_id, owner_id, resource;
            RETURN NULL;
        END;
        $body$
        $function$, counted_table, resource);
    EXECUTE format(
        'CREATE TRIGGER counted_after_truncate AFTER TRUNCATE ON %1$I '
        'FOR EACH STATEMENT EXECUTE FUNCTION count_%1$s_after_truncate()',
        counted_table);
END;
$procedure$;

CALL count_resources('workspace_apps', 'apps');
CALL count_resources('namespaces', 'namespaces', owner => 'app_id');
CALL count_resources('sources', 'sources', owner => 'namespace_id',
    type => 'type', status => 'status', chunks => 'chunks', tokens => 'tokens', bytes => 'bytes');
CALL count_resources('augmentations', 'augmentations', owner => 'app_id');
CALL count_resources('endpoints', 'endpoints', owner => 'app_id');
CALL count_resources('releases', 'releases', owner => 'app_id');
CALL count_resources('threads', 'threads', owner => 'namespace_id');
CALL count_resources('actions', 'actions',
    type => 'kind', status => 'CASE WHEN enabled THEN ''enabled'' ELSE ''disabled'' END');
CALL count_resources('secrets', 'secrets',
    type => 'type', status => 'CASE WHEN active THEN ''active'' ELSE ''inactive'' END');
CALL count_resources('models', 'models');

ALTER TABLE organizations ADD COLUMN workspaces_changed_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN organizations.workspaces_changed_at IS 'When a workspace of the organisation was last deleted; initially, when the organisation was created.';

-- Deletes the counts of a deleted workspace when the transaction commits. It cannot run earlier, and a foreign key cannot do
-- it: the triggers of the resources append rows after the workspace is deleted, and the same transaction may create the
-- workspace again.
CREATE FUNCTION forget_resource_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM workspaces WHERE organization_id = OLD.organization_id AND workspace_id = OLD.workspace_id) THEN
        DELETE FROM resource_counts WHERE organization_id = OLD.organization_id AND workspace_id = OLD.workspace_id;
        DELETE FROM owned_counts WHERE organization_id = OLD.organization_id AND workspace_id = OLD.workspace_id;
    END IF;
    UPDATE organizations SET workspaces_changed_at = clock_timestamp() WHERE organization_id = OLD.organization_id;
    RETURN NULL;
END;
$$;
CREATE CONSTRAINT TRIGGER counts_forgotten AFTER DELETE ON workspaces DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION forget_resource_counts();
