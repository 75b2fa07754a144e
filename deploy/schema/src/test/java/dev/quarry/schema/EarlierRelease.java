package dev.quarry.schema;

import com.clickhouse.client.api.Client;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The schema of an earlier release, from its record in {@code releases}: the checksums of its versioned migrations, which
 * never change, and the texts of its repeatable ones, which do.
 */
public final class EarlierRelease {
    /** All records, oldest first. Until there is a release, a record is named by its day. */
    static final List<String> ALL = List.of("2026-11-29");

    /** A line of {@code sha256sum}. */
    private static final Pattern LINE =
            Pattern.compile("([0-9a-f]{64})  ((?:clickhouse|postgresql)/V([0-9]+)__[a-z0-9_]+\\.sql)");

    private final Map<String, String> checksums = new TreeMap<>();
    private final List<Script> repeatable;
    private int lastOfPostgres;

    private EarlierRelease(String name) {
        read("/releases/%s/versioned.sha256".formatted(name)).lines().forEach(this::add);
        repeatable = ScriptFolder.read("/releases/%s/clickhouse".formatted(name));
    }

    static EarlierRelease named(String name) {
        return new EarlierRelease(name);
    }

    public static EarlierRelease newest() {
        return new EarlierRelease(ALL.getLast());
    }

    private void add(String line) {
        Matcher entry = LINE.matcher(line);
        if (!entry.matches()) {
            throw new IllegalArgumentException(line);
        }
        checksums.put(entry.group(2), entry.group(1));
        if (line.contains("  postgresql/")) {
            lastOfPostgres = Math.max(lastOfPostgres, Integer.parseInt(entry.group(3)));
        }
    }

    /** {@return the migrations of the release that are missing or have another text now} */
    List<String> changed() {
        List<String> changed = new ArrayList<>();
        checksums.forEach((file, checksum) -> {
            boolean exists = EarlierRelease.class.getResource("/db/" + file) != null;
            if (!exists || !Script.checksum(read("/db/" + file)).equals(checksum)) {
                changed.add(file);
            }
        });
        return changed;
    }

    /** Creates its tables in empty databases, as its migrator did. */
    public void create(MigratorSettings settings) {
        PostgresMigrations.apply(settings.postgres(), Integer.toString(lastOfPostgres));
        List<Script> scripts = new ArrayList<>(repeatable);
        for (Script script : ScriptFolder.read("/db/clickhouse")) {
            if (checksums.containsKey("clickhouse/" + script.name())) {
                scripts.add(script);
            }
        }
        try (Client client = settings.clickHouse().open()) {
            new ClickHouseMigrations(new ClickHouseStatements(client), settings, scripts).apply();
        }
    }

    private static String read(String resource) {
        try (InputStream text = EarlierRelease.class.getResourceAsStream(resource)) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
