package dev.quarry.schema;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where ClickHouse keeps backups. The server writes and reads them itself, so this is a place that the server can reach.
 *
 * @param setting {@code file}, {@code disk:NAME} or {@code collection:NAME}
 */
record BackupTarget(String setting) {
    private static final Pattern SETTING = Pattern.compile("file|(disk|collection):([A-Za-z_][A-Za-z0-9_]{0,62})");
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    BackupTarget {
        if (!SETTING.matcher(setting).matches()) {
            throw new MigrationException("""
                    QUARRY_BACKUP_CLICKHOUSE must be "file", "disk:NAME" or "collection:NAME", but is "%s".""".formatted(setting));
        }
    }

    /** Reads {@code QUARRY_BACKUP_CLICKHOUSE}; {@code file} if it is unset. */
    static BackupTarget from(Map<String, String> environment) {
        return new BackupTarget(new EnvironmentVariables(environment).text("QUARRY_BACKUP_CLICKHOUSE", "file"));
    }

    /** {@return the place of a backup as SQL} A name has no character that could end its quotes. */
    String of(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new MigrationException(
                    "The name of a backup consists of letters, digits, dots, underscores and hyphens, but is \"%s\"."
                            .formatted(name));
        }
        Matcher parts = SETTING.matcher(setting);
        if (!parts.matches() || parts.group(1) == null) {
            return "File('%s/clickhouse')".formatted(name);
        }
        return parts.group(1).equals("disk")
                ? "Disk('%s', '%s')".formatted(parts.group(2), name)
                : "S3(%s, '%s')".formatted(parts.group(2), name);
    }
}
