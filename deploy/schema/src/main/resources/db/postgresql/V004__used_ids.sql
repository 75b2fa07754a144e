-- An organisation, app or workspace that is made under the id of one that was deleted would show its predecessor's events:
-- ClickHouse knows ids only. So an id is used once. This ledger keeps every id that was ever used; deleting the
-- organisation, app or workspace leaves its row here. `./quarry erase` takes the row out, after the events.
--
-- The ledger's primary key decides, not a look at what exists, so that two transactions at the same time cannot both pass.
CREATE TABLE used_ids (
    organization_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('organization', 'app', 'workspace')),
    id text NOT NULL,
    first_used_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, kind, id)
);
COMMENT ON TABLE used_ids IS 'Ids of organisations, apps and workspaces, those that were deleted included: none is used twice.';

-- Arguments: the kind, and the column that holds the id.
CREATE FUNCTION use_id() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kind text := TG_ARGV[0];
    id text := to_jsonb(NEW) ->> TG_ARGV[1];
BEGIN
    INSERT INTO used_ids (organization_id, kind, id) VALUES (NEW.organization_id, kind, id) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The % id "%" was used before, and events of that time may still be stored', kind, id
            USING ERRCODE = 'unique_violation',
                  HINT = 'Choose another id, or erase the events first: see ./quarry erase.';
    END IF;
    RETURN NULL;
END;
$$;

-- After the row is there: then the table's own primary key has refused what still exists, in its own words.
CREATE TRIGGER organization_id_used AFTER INSERT ON organizations
    FOR EACH ROW EXECUTE FUNCTION use_id('organization', 'organization_id');
CREATE TRIGGER app_id_used AFTER INSERT ON apps
    FOR EACH ROW EXECUTE FUNCTION use_id('app', 'app_id');
CREATE TRIGGER workspace_id_used AFTER INSERT ON workspaces
    FOR EACH ROW EXECUTE FUNCTION use_id('workspace', 'workspace_id');

CREATE TRIGGER organization_id_changed AFTER UPDATE ON organizations
    FOR EACH ROW WHEN (OLD.organization_id <> NEW.organization_id)
    EXECUTE FUNCTION use_id('organization', 'organization_id');
CREATE TRIGGER app_id_changed AFTER UPDATE ON apps
    FOR EACH ROW WHEN ((OLD.organization_id, OLD.app_id) <> (NEW.organization_id, NEW.app_id))
    EXECUTE FUNCTION use_id('app', 'app_id');
CREATE TRIGGER workspace_id_changed AFTER UPDATE ON workspaces
    FOR EACH ROW WHEN ((OLD.organization_id, OLD.workspace_id) <> (NEW.organization_id, NEW.workspace_id))
    EXECUTE FUNCTION use_id('workspace', 'workspace_id');
