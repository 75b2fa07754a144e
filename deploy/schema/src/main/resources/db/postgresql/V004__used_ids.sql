-- A new organisation, app or workspace with the id of a deleted one would show the deleted one's events, because
-- ClickHouse knows only ids. So an id is never reused. This table keeps every id that was ever used; deleting the
-- organisation, app or workspace leaves its row here. `./quarry erase` deletes the row after the events.
--
-- The primary key of this table refuses a used id. A query for existing ids would let two transactions pass at the same
-- time.
CREATE TABLE used_ids (
    organization_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('organization', 'app', 'workspace')),
    id text NOT NULL,
    first_used_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, kind, id)
);
COMMENT ON TABLE used_ids IS 'All ids of organisations, apps and workspaces ever used, including deleted ones: an id is never reused.';

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

-- AFTER: if the id still exists, the table's own primary key refuses it first, with its own message.
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
