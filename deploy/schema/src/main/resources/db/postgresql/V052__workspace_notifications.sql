-- Services remember for a short time that a workspace exists. These triggers notify them on the channel quarry_workspaces
-- to forget the workspaces of an organisation that has lost one: the payload is the organisation's id, or '*' for all.
-- PostgreSQL sends equal notifications of a transaction once.
CREATE FUNCTION notify_workspace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('quarry_workspaces', OLD.organization_id);
    RETURN NULL;
END;
$$;

CREATE FUNCTION notify_all_workspaces() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('quarry_workspaces', '*');
    RETURN NULL;
END;
$$;

CREATE TRIGGER workspace_deleted AFTER DELETE ON workspaces
    FOR EACH ROW EXECUTE FUNCTION notify_workspace();
CREATE TRIGGER workspace_moved AFTER UPDATE ON workspaces
    FOR EACH ROW
    WHEN ((OLD.organization_id, OLD.workspace_id) IS DISTINCT FROM (NEW.organization_id, NEW.workspace_id))
    EXECUTE FUNCTION notify_workspace();
-- TRUNCATE fires no row trigger.
CREATE TRIGGER workspaces_truncated AFTER TRUNCATE ON workspaces
    FOR EACH STATEMENT EXECUTE FUNCTION notify_all_workspaces();
