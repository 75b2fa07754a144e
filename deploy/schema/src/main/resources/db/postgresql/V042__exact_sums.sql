-- Adds up chunks, tokens and bytes as numeric. Their sum over the sources of a workspace may be larger than the largest
-- bigint; reading it would then fail, and so would each statement that merges the counts.

ALTER TABLE resource_counts
    ALTER COLUMN chunks TYPE numeric,
    ALTER COLUMN tokens TYPE numeric,
    ALTER COLUMN bytes TYPE numeric;

-- Rewrites the functions that add to the counts or merge them, and the procedure that creates these functions.
DO $$
DECLARE
    definition text;
BEGIN
    FOR definition IN
        SELECT pg_get_functiondef(oid)
        FROM pg_proc
        WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
          AND (proname IN ('merge_resource_counts', 'count_resources') OR proname ~ '^count_.*_after_')
    LOOP
        EXECUTE regexp_replace(definition, '(sum\((sign \* )?(chunks|tokens|bytes)\))::bigint', '\1', 'g');
    END LOOP;
END;
$$;
