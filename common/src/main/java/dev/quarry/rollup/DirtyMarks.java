package dev.quarry.rollup;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The marks table of a rollup. */
final class DirtyMarks {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final List<String> COLUMNS = List.of("organization_id", "bucket", "mark", "sign");

    private final RollupEngine engine;
    private final String table;
    private final boolean waitsUntilQuiet;
    private final String open;

    /**
     * A bucket to rebuild.
     *
     * @param ofOrganization how many buckets to rebuild its organisation has, listed or not
     */
    record Dirty(Bucket bucket, long ofOrganization) {}

    DirtyMarks(RollupEngine engine, RollupDefinition rollup) {
        this.engine = engine;
        this.table = SqlNames.require(rollup.marks());
        this.waitsUntilQuiet = rollup.bronzeStandsIn();
        this.open = """
                SELECT organization_id, bucket, toString(mark), source = '' OR %2$s AS proven
                FROM %1$s FINAL
                WHERE sign = 1
                  AND (organization_id, bucket) IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
                """.formatted(
                table,
                rollup.bronze().stream().map(bronze -> seen(bronze, table)).collect(Collectors.joining(" OR ")));
    }

    /**
     * Whether the witness is visible. A row with the same key and another stamp is another delivery and proves nothing,
     * so the table is read without FINAL. The inner subquery lets the engine find the rows by their sorting key.
     */
    private static String seen(Bronze bronze, String marks) {
        return """
                (source = '%2$s' AND (organization_id, app_id, time, event_id, delivered) IN
                (
                    SELECT organization_id, %5$s, %4$s, event_id, delivered
                    FROM %2$s
                    WHERE (organization_id, %3$s) IN
                    (
                        SELECT organization_id, %6$s
                        FROM %1$s FINAL
                        WHERE sign = 1
                          AND source = '%2$s'
                          AND (organization_id, bucket)
                              IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
                    )
                ))""".formatted(marks, bronze.table(), bronze.key(), bronze.time(), bronze.appId(), bronze.witness());
    }

    /**
     * Buckets to rebuild, fair to all organisations: first the newest {@code share} buckets of each organisation,
     * then the next {@code share}, and so on. Among equals, the bucket that has waited longest comes first.
     *
     * @param quiet for how long a bucket must have had no insert, where bronze stands in for it
     * @param most maximum number of buckets to list
     */
    List<Dirty> dirty(Duration quiet, int share, int most) {
        return engine.list(
                """
                SELECT organization_id, bucket, of_organization
                FROM
                (
                    SELECT
                        organization_id,
                        bucket,
                        count() OVER (PARTITION BY organization_id) AS of_organization,
                        min(since) OVER (PARTITION BY organization_id) AS organization_since,
                        row_number() OVER (PARTITION BY organization_id ORDER BY bucket DESC) AS place
                    FROM
                    (
                        SELECT organization_id, bucket, min(at) AS since
                        FROM %s FINAL
                        WHERE sign = 1
                        GROUP BY organization_id, bucket
                        HAVING {with_young:Bool} OR max(at) <= now64(3, 'UTC') - toIntervalMillisecond({quiet:UInt64})
                    )
                )
                ORDER BY intDiv(place - 1, {share:UInt64}), organization_since, organization_id, place
                LIMIT {most:UInt64}
                """.formatted(table),
                Map.of(
                        "with_young", Boolean.toString(!waitsUntilQuiet),
                        "quiet", Long.toString(quiet.toMillis()),
                        "share", Integer.toString(share),
                        "most", Integer.toString(most)),
                row -> new Dirty(new Bucket(row.nextString(), row.nextInstant()), row.nextLong()));
    }

    /** Organisations with any mark. */
    List<String> organizations() {
        return engine.list(
                "SELECT DISTINCT organization_id FROM %s FINAL WHERE sign = 1".formatted(table),
                Map.of(),
                row -> row.nextString());
    }

    /** The marks of these buckets, and whether the witness of each is visible. */
    List<DirtyMark> open(List<Bucket> buckets) {
        return engine.list(
                open,
                Map.of(
                        "organizations",
                        RollupStatement.strings(
                                buckets.stream().map(Bucket::organization).toList()),
                        "starts",
                        RollupStatement.instants(
                                buckets.stream().map(Bucket::start).toList())),
                row -> new DirtyMark(
                        new Bucket(row.nextString(), row.nextInstant()), row.nextString(), row.nextBoolean()));
    }

    /** Clears exactly these marks. */
    void clear(Collection<DirtyMark> marks) {
        if (marks.isEmpty()) {
            return;
        }
        engine.insert(
                table,
                COLUMNS,
                marks.stream()
                        .map(mark -> escape(mark.bucket().organization()) + '\t'
                                + SECONDS.format(mark.bucket().start()) + '\t' + mark.id() + "\t-1\n")
                        .collect(Collectors.joining()));
    }

    /**
     * Requests rebuilds from the rows visible now. The marks are backdated, so that no rebuild waits for a quiet
     * bucket.
     */
    void mark(Collection<Bucket> buckets) {
        if (buckets.isEmpty()) {
            return;
        }
        engine.insert(
                table,
                List.of("organization_id", "bucket", "at"),
                buckets.stream()
                        .map(bucket -> escape(bucket.organization()) + '\t' + SECONDS.format(bucket.start())
                                + "\t2000-01-01 00:00:00.000\n")
                        .collect(Collectors.joining()));
    }

    /** The buckets of an organisation that have a mark. */
    List<Instant> of(String organization, Instant from, Instant to) {
        return engine.list(
                """
                SELECT DISTINCT bucket
                FROM %s FINAL
                WHERE sign = 1
                  AND organization_id = {organization:String}
                  AND bucket >= {from:DateTime('UTC')} AND bucket < {to:DateTime('UTC')}
                """.formatted(table),
                Map.of(
                        "organization",
                        organization,
                        "from",
                        RollupStatement.seconds(from),
                        "to",
                        RollupStatement.seconds(to)),
                row -> row.nextInstant());
    }

    private static String escape(String field) {
        return field.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
    }
}
