package dev.quarry.clickhouse;

import java.util.Map;

/**
 * What {@link Engine} is asked.
 *
 * @param parameters the bound values, as the text that the engine parses
 * @param settings the query's own engine settings, the tenant wall among them
 * @param tenant for the engine's log
 */
record Question(String sql, Map<String, Object> parameters, Map<String, String> settings, String tenant) {}
