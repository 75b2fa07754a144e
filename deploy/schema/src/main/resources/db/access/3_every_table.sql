-- For every table with rows of tenants, local and distributed, but not for materialized views, which nobody queries
-- directly.
GRANT${on_cluster} SELECT ON `${database}`.${table} TO quarry_reader, quarry_refiner;

-- ClickHouse's tenant filter. It is independent of the service's two filters (its SQL and additional_table_filters).
-- Without a tenant, or with an empty one, it shows no rows.
CREATE ROW POLICY OR REPLACE quarry_tenant${on_cluster} ON `${database}`.${table}
    FOR SELECT USING organization_id = getSetting('quarry_tenant')
    TO quarry_reader;
CREATE ROW POLICY OR REPLACE quarry_every_tenant${on_cluster} ON `${database}`.${table}
    FOR SELECT USING 1
    TO quarry_refiner;
