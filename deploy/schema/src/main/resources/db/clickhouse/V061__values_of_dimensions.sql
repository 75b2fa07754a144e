-- The users and tool calls of each value of a dimension on a UTC day. An answer about one dimension reads them instead of
-- profiles, of which a day can have thousands.
--
-- ClickHouse computes these columns from the profiles of the same row, also for rows that an earlier release inserts, and
-- nothing else can write them. So they always agree with the profiles. For rows stored before this migration,
-- ClickHouse computes them for each query until the last statement has stored them. Both maps of a dimension are
-- sorted by value.
ALTER TABLE `${database}`.activity_days ADD COLUMN IF NOT EXISTS locale_users Map(String, AggregateFunction(groupBitmap, UInt32))
        MATERIALIZED arrayReduce('groupBitmapMergeStateMap', arrayMap(
            (of_profile, users_of_profile) -> map(CAST(of_profile, 'Array(String)')[1], users_of_profile),
            profile_values, arrayResize(profile_users, length(profile_values))))
        COMMENT 'Numbers of the users of each locale' AFTER profile_quarter_tool_calls,
    ADD COLUMN IF NOT EXISTS locale_tool_calls Map(String, UInt64)
        MATERIALIZED arrayReduce('sumMap', arrayMap(
            (of_profile, calls_of_profile) -> map(CAST(of_profile, 'Array(String)')[1], calls_of_profile),
            profile_values, arrayResize(profile_tool_calls, length(profile_values))))
        COMMENT 'Tool calls of each locale' AFTER locale_users,
    ADD COLUMN IF NOT EXISTS country_users Map(String, AggregateFunction(groupBitmap, UInt32))
        MATERIALIZED arrayReduce('groupBitmapMergeStateMap', arrayMap(
            (of_profile, users_of_profile) -> map(CAST(of_profile, 'Array(String)')[2], users_of_profile),
            profile_values, arrayResize(profile_users, length(profile_values))))
        COMMENT 'Numbers of the users of each country' AFTER locale_tool_calls,
    ADD COLUMN IF NOT EXISTS country_tool_calls Map(String, UInt64)
        MATERIALIZED arrayReduce('sumMap', arrayMap(
            (of_profile, calls_of_profile) -> map(CAST(of_profile, 'Array(String)')[2], calls_of_profile),
            profile_values, arrayResize(profile_tool_calls, length(profile_values))))
        COMMENT 'Tool calls of each country' AFTER country_users,
    ADD COLUMN IF NOT EXISTS client_users Map(String, AggregateFunction(groupBitmap, UInt32))
        MATERIALIZED arrayReduce('groupBitmapMergeStateMap', arrayMap(
            (of_profile, users_of_profile) -> map(CAST(of_profile, 'Array(String)')[3], users_of_profile),
            profile_values, arrayResize(profile_users, length(profile_values))))
        COMMENT 'Numbers of the users of each client' AFTER country_tool_calls,
    ADD COLUMN IF NOT EXISTS client_tool_calls Map(String, UInt64)
        MATERIALIZED arrayReduce('sumMap', arrayMap(
            (of_profile, calls_of_profile) -> map(CAST(of_profile, 'Array(String)')[3], calls_of_profile),
            profile_values, arrayResize(profile_tool_calls, length(profile_values))))
        COMMENT 'Tool calls of each client' AFTER client_users,
    ADD COLUMN IF NOT EXISTS device_users Map(String, AggregateFunction(groupBitmap, UInt32))
        MATERIALIZED arrayReduce('groupBitmapMergeStateMap', arrayMap(
            (of_profile, users_of_profile) -> map(CAST(of_profile, 'Array(String)')[4], users_of_profile),
            profile_values, arrayResize(profile_users, length(profile_values))))
        COMMENT 'Numbers of the users of each device' AFTER client_tool_calls,
    ADD COLUMN IF NOT EXISTS device_tool_calls Map(String, UInt64)
        MATERIALIZED arrayReduce('sumMap', arrayMap(
            (of_profile, calls_of_profile) -> map(CAST(of_profile, 'Array(String)')[4], calls_of_profile),
            profile_values, arrayResize(profile_tool_calls, length(profile_values))))
        COMMENT 'Tool calls of each device' AFTER device_users,
    ADD COLUMN IF NOT EXISTS platform_users Map(String, AggregateFunction(groupBitmap, UInt32))
        MATERIALIZED arrayReduce('groupBitmapMergeStateMap', arrayMap(
            (of_profile, users_of_profile) -> map(CAST(of_profile, 'Array(String)')[5], users_of_profile),
            profile_values, arrayResize(profile_users, length(profile_values))))
        COMMENT 'Numbers of the users of each platform' AFTER device_tool_calls,
    ADD COLUMN IF NOT EXISTS platform_tool_calls Map(String, UInt64)
        MATERIALIZED arrayReduce('sumMap', arrayMap(
            (of_profile, calls_of_profile) -> map(CAST(of_profile, 'Array(String)')[5], calls_of_profile),
            profile_values, arrayResize(profile_tool_calls, length(profile_values))))
        COMMENT 'Tool calls of each platform' AFTER platform_users,
    ADD COLUMN IF NOT EXISTS version_users Map(String, AggregateFunction(groupBitmap, UInt32))
        MATERIALIZED arrayReduce('groupBitmapMergeStateMap', arrayMap(
            (of_profile, users_of_profile) -> map(CAST(of_profile, 'Array(String)')[6], users_of_profile),
            profile_values, arrayResize(profile_users, length(profile_values))))
        COMMENT 'Numbers of the users of each version' AFTER platform_tool_calls,
    ADD COLUMN IF NOT EXISTS version_tool_calls Map(String, UInt64)
        MATERIALIZED arrayReduce('sumMap', arrayMap(
            (of_profile, calls_of_profile) -> map(CAST(of_profile, 'Array(String)')[6], calls_of_profile),
            profile_values, arrayResize(profile_tool_calls, length(profile_values))))
        COMMENT 'Tool calls of each version' AFTER version_users;

ALTER TABLE `${database}`.activity_days MATERIALIZE COLUMN locale_users,
    MATERIALIZE COLUMN locale_tool_calls,
    MATERIALIZE COLUMN country_users,
    MATERIALIZE COLUMN country_tool_calls,
    MATERIALIZE COLUMN client_users,
    MATERIALIZE COLUMN client_tool_calls,
    MATERIALIZE COLUMN device_users,
    MATERIALIZE COLUMN device_tool_calls,
    MATERIALIZE COLUMN platform_users,
    MATERIALIZE COLUMN platform_tool_calls,
    MATERIALIZE COLUMN version_users,
    MATERIALIZE COLUMN version_tool_calls;
