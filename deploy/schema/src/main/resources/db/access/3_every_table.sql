-- For every table that has rows of tenants, local and distributed ones alike; not for materialized views, which nobody reads
-- by their own names.
GRANT${on_cluster} SELECT ON `${database}`.${table} TO quarry_reader, quarry_refiner;

-- The engine's own tenant wall. It is under the reader's two (its SQL and additional_table_filters) and knows nothing of
-- them. Without a tenant, or with an empty one, it shows nothing.
CREATE ROW POLICY OR REPLACE quarry_tenant${on_cluster} ON `${database}`.${table}
    FOR SELECT USING organization_id = getSetting('quarry_tenant')
    TO quarry_reader;
CREATE ROW POLICY OR REPLACE quarry_every_tenant${on_cluster} ON `${database}`.${table}
    FOR SELECT USING 1
    TO quarry_refiner;
