-- Who comes to ClickHouse, and what each may take. Runs at every start of the migrator, so a password or a limit that was
-- changed here or in the environment holds from then on. Nothing is replaced that something else refers to: a user who is
-- created anew would be without rights for a moment.

-- Services read as quarry_reader. It can write nothing, and of all settings change only those named here, within their
-- bounds: they are what the services send with a query. The tenant is empty unless the service says whose rows to show.
CREATE SETTINGS PROFILE IF NOT EXISTS quarry_reader${on_cluster};
ALTER SETTINGS PROFILE quarry_reader${on_cluster} SETTINGS
    readonly = 1,
    quarry_tenant = '' CHANGEABLE_IN_READONLY,
    additional_table_filters CHANGEABLE_IN_READONLY,
    log_comment CHANGEABLE_IN_READONLY,
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
    distributed_product_mode CHANGEABLE_IN_READONLY,
    load_balancing CHANGEABLE_IN_READONLY;

-- The rollup job writes silver and gold. Its rebuilds take time and memory. It queries every shard over the network,
-- even its own: the local replica need not be the one that it wrote to.
CREATE SETTINGS PROFILE IF NOT EXISTS quarry_refiner${on_cluster};
ALTER SETTINGS PROFILE quarry_refiner${on_cluster} SETTINGS
    allow_ddl = 0 CONST,
    max_execution_time = 600 MIN 1 MAX 3600,
    max_memory_usage = 4000000000 MIN 1 MAX 16000000000,
    prefer_localhost_replica = 0;

-- Programs that deliver events. An acknowledged insert is stored on its shard. IngestSettings explains the settings
-- that parse the rows.
CREATE SETTINGS PROFILE IF NOT EXISTS quarry_ingest${on_cluster};
ALTER SETTINGS PROFILE quarry_ingest${on_cluster} SETTINGS
    allow_ddl = 0 CONST,
    max_memory_usage = 4000000000 MIN 1 MAX 8000000000,
    distributed_foreground_insert = 1 CONST,
    wait_for_async_insert = 1 CONST,
    ${ingest_settings};

CREATE USER IF NOT EXISTS quarry_reader${on_cluster} IDENTIFIED WITH sha256_hash BY '${reader_password_hash}';
ALTER USER quarry_reader${on_cluster} IDENTIFIED WITH sha256_hash BY '${reader_password_hash}' SETTINGS PROFILE 'quarry_reader';
CREATE USER IF NOT EXISTS quarry_refiner${on_cluster} IDENTIFIED WITH sha256_hash BY '${refiner_password_hash}';
ALTER USER quarry_refiner${on_cluster} IDENTIFIED WITH sha256_hash BY '${refiner_password_hash}' SETTINGS PROFILE 'quarry_refiner';
CREATE USER IF NOT EXISTS quarry_ingest${on_cluster} IDENTIFIED WITH sha256_hash BY '${ingest_password_hash}';
ALTER USER quarry_ingest${on_cluster} IDENTIFIED WITH sha256_hash BY '${ingest_password_hash}' SETTINGS PROFILE 'quarry_ingest';

-- No organisation takes the engine from the others: services name the organisation as the key of the quota. Whoever is over
-- it is told to come back.
CREATE QUOTA OR REPLACE quarry_reader${on_cluster} KEYED BY client_key
    FOR INTERVAL 1 minute MAX queries = 6000, execution_time = 300
    TO quarry_reader;

GRANT${on_cluster} SELECT ON `${database}`.event_retention TO quarry_refiner;
-- How long rows are kept. They are numbers and days, not rows of a tenant.
GRANT${on_cluster} SELECT ON `${database}`.retention TO quarry_reader;
GRANT${on_cluster} SELECT ON `${database}`.announced_retention TO quarry_reader;
