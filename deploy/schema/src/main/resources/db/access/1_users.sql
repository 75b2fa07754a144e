-- ClickHouse's users and their limits. The migrator runs this file at every start, so a changed password or limit takes
-- effect. It alters users and does not replace them: a user who is created again would have no rights for a moment.

-- Services read as quarry_reader. This user cannot write. It may change only the settings listed here, within their
-- bounds: services send them with a query. The tenant is empty unless the service sets it.
CREATE SETTINGS PROFILE IF NOT EXISTS quarry_reader${on_cluster};
ALTER SETTINGS PROFILE quarry_reader${on_cluster} SETTINGS
    readonly = 1,
    quarry_tenant = '' CHANGEABLE_IN_READONLY,
    additional_table_filters CHANGEABLE_IN_READONLY,
    log_comment CHANGEABLE_IN_READONLY,
    cancel_http_readonly_queries_on_client_close = 1 CHANGEABLE_IN_READONLY,
    max_execution_time = 10 MIN 1 MAX 60 CHANGEABLE_IN_READONLY,
    timeout_before_checking_execution_speed = 0 CHANGEABLE_IN_READONLY,
    timeout_overflow_mode = 'throw' CHANGEABLE_IN_READONLY,
    max_memory_usage = 2000000000 MIN 1 MAX 4000000000 CHANGEABLE_IN_READONLY,
    max_rows_to_read = 500000000 MIN 1 MAX 2000000000 CHANGEABLE_IN_READONLY,
    read_overflow_mode = 'throw' CHANGEABLE_IN_READONLY,
    max_result_rows = 100000 MIN 1 MAX 1000000 CHANGEABLE_IN_READONLY,
    result_overflow_mode = 'throw' CHANGEABLE_IN_READONLY,
    do_not_merge_across_partitions_select_final CHANGEABLE_IN_READONLY,
    enable_shared_storage_snapshot_in_query CHANGEABLE_IN_READONLY,
    max_block_size CHANGEABLE_IN_READONLY,
    max_result_bytes CHANGEABLE_IN_READONLY,
    max_threads CHANGEABLE_IN_READONLY,
    optimize_skip_unused_shards CHANGEABLE_IN_READONLY,
    force_optimize_skip_unused_shards CHANGEABLE_IN_READONLY,
    allow_nondeterministic_optimize_skip_unused_shards CHANGEABLE_IN_READONLY,
    distributed_product_mode CHANGEABLE_IN_READONLY,
    load_balancing CHANGEABLE_IN_READONLY;

-- The rollup job writes silver and gold. Its rebuilds need time and memory. It queries every shard over the network,
-- even the local one: the local replica may not be the one that it wrote to.
CREATE SETTINGS PROFILE IF NOT EXISTS quarry_refiner${on_cluster};
ALTER SETTINGS PROFILE quarry_refiner${on_cluster} SETTINGS
    allow_ddl = 0 CONST,
    max_execution_time = 600 MIN 1 MAX 3600,
    max_memory_usage = 4000000000 MIN 1 MAX 16000000000,
    prefer_localhost_replica = 0${insert_quorum};

-- Programs that deliver events. An acknowledged insert is stored on its shard. IngestSettings explains the settings
-- that parse the rows.
CREATE SETTINGS PROFILE IF NOT EXISTS quarry_ingest${on_cluster};
ALTER SETTINGS PROFILE quarry_ingest${on_cluster} SETTINGS
    allow_ddl = 0 CONST,
    max_memory_usage = 4000000000 MIN 1 MAX 8000000000,
    distributed_foreground_insert = 1 CONST,
    wait_for_async_insert = 1 CONST,
    ${ingest_settings}${insert_quorum};

CREATE USER IF NOT EXISTS quarry_reader${on_cluster} IDENTIFIED WITH sha256_hash BY '${reader_password_hash}';
ALTER USER quarry_reader${on_cluster} IDENTIFIED WITH sha256_hash BY '${reader_password_hash}' SETTINGS PROFILE 'quarry_reader';
CREATE USER IF NOT EXISTS quarry_refiner${on_cluster} IDENTIFIED WITH sha256_hash BY '${refiner_password_hash}';
ALTER USER quarry_refiner${on_cluster} IDENTIFIED WITH sha256_hash BY '${refiner_password_hash}' SETTINGS PROFILE 'quarry_refiner';
CREATE USER IF NOT EXISTS quarry_ingest${on_cluster} IDENTIFIED WITH sha256_hash BY '${ingest_password_hash}';
ALTER USER quarry_ingest${on_cluster} IDENTIFIED WITH sha256_hash BY '${ingest_password_hash}' SETTINGS PROFILE 'quarry_ingest';

-- Limits each organisation, so that others are not affected: services send the organisation as the key of the quota. A
-- request above the quota gets a 503 with Retry-After.
CREATE QUOTA OR REPLACE quarry_reader${on_cluster} KEYED BY client_key
    FOR INTERVAL 1 minute MAX queries = 6000, execution_time = 300
    TO quarry_reader;

GRANT${on_cluster} SELECT ON `${database}`.event_retention TO quarry_refiner;
-- The retention: numbers and days, no rows of a tenant.
GRANT${on_cluster} SELECT ON `${database}`.retention TO quarry_reader;
GRANT${on_cluster} SELECT ON `${database}`.announced_retention TO quarry_reader;
