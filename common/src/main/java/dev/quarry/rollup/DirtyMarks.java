package dev.quarry.rollup;

import dev.quarry.clickhouse.ParameterizedStatement;
import dev.quarry.clickhouse.Row;
import dev.quarry.clickhouse.TableName;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The marks table of a rollup. */
final class DirtyMarks {
    private static final List<String> COLUMNS = List.of("organization_id", "bucket", "mark", "sign");

    private static final String OPEN = """
            SELECT organization_id, bucket, toString(mark), source = ''
            FROM {marks:Identifier} FINAL
            WHERE sign = 1
              AND (organization_id, bucket) IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
            """;

    /*
     * Marks whose witness is visible in a bronze table. A row with the same key and another stamp is another delivery
     * and proves nothing, so the table is read without FINAL. The inner subquery lets the engine find the rows by their
     * sorting key.
     */
    private static final String PROVEN = """
            SELECT toString(mark)
            FROM {marks:Identifier} FINAL
            WHERE sign = 1
              AND source = {source:String}
              AND (organization_id, bucket) IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
              AND (organization_id, app_id, time, event_id, delivered) IN
              (
            """;

    private static final String MARKED = """
                      FROM {marks:Identifier} FINAL
                      WHERE sign = 1
                        AND source = {source:String}
                        AND (organization_id, bucket)
                            IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
                  )
              )
            """;

    private static final String PROVEN_BY_DAY = PROVEN + """
                  SELECT organization_id, '', time, event_id, delivered
                  FROM {bronze:Identifier}
                  WHERE (organization_id, day, event_id) IN
                  (
                      SELECT organization_id, toDate(time), event_id
            """ + MARKED;

    private static final String PROVEN_BY_HOUR = PROVEN + """
                  SELECT organization_id, '', time, event_id, delivered
                  FROM {bronze:Identifier}
                  WHERE (organization_id, hour, time, event_id) IN
                  (
                      SELECT organization_id, toStartOfHour(time), time, event_id
            """ + MARKED;

    private static final String PROVEN_BY_APP = PROVEN + """
                  SELECT organization_id, app_id, timestamp, event_id, delivered
                  FROM {bronze:Identifier}
                  WHERE (organization_id, app_id, timestamp, event_id) IN
                  (
                      SELECT organization_id, app_id, time, event_id
            """ + MARKED;

    private static final String DIRTY = """
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
                    FROM {marks:Identifier} FINAL
                    WHERE sign = 1
                    GROUP BY organization_id, bucket
                )
            )
            ORDER BY intDiv(place - 1, {share:UInt64}), organization_since, organization_id, place
            LIMIT {most:UInt64}
            """;

    private final RollupClickHouse clickHouse;
    private final TableName table;
    private final List<Bronze> bronze;

    /**
     * A dirty bucket.
     *
     * @param ofOrganization how many dirty buckets its organisation has, listed or not
     */
    record Dirty(Bucket bucket, long ofOrganization) {}

    DirtyMarks(RollupClickHouse clickHouse, RollupDefinition rollup) {
        this.clickHouse = clickHouse;
        this.table = new TableName(rollup.marks());
        this.bronze = rollup.bronze();
    }

    /**
     * Lists dirty buckets, fairly to all organisations: first the newest {@code share} buckets of each organisation,
     * then the next {@code share}, and so on. Among equals, the organisation that has waited longest comes first.
     *
     * @param most maximum number of buckets to list
     */
    List<Dirty> dirty(int share, int most) {
        return clickHouse
                .statement(DIRTY)
                .bind("marks", table)
                .bind("share", share)
                .bind("most", most)
                .list(row -> new Dirty(new Bucket(row.nextString(), row.nextInstant()), row.nextLong()));
    }

    /** Organisations with any mark. */
    List<String> organizations() {
        return clickHouse
                .statement("SELECT DISTINCT organization_id FROM {marks:Identifier} FINAL WHERE sign = 1")
                .bind("marks", table)
                .list(Row::nextString);
    }

    /** The marks of these buckets, each with whether its witness is visible. */
    List<DirtyMark> open(List<Bucket> buckets) {
        List<DirtyMark> open = bind(clickHouse.statement(OPEN), buckets)
                .list(row -> new DirtyMark(
                        new Bucket(row.nextString(), row.nextInstant()), row.nextString(), row.nextBoolean()));
        Set<String> proven = new HashSet<>();
        for (Bronze witness : bronze) {
            proven.addAll(bind(proven(witness.order()), buckets)
                    .bind("bronze", new TableName(witness.table()))
                    .bind("source", witness.table())
                    .list(Row::nextString));
        }
        return open.stream()
                .map(mark -> new DirtyMark(mark.bucket(), mark.id(), mark.proven() || proven.contains(mark.id())))
                .toList();
    }

    private RollupStatement proven(Bronze.Order order) {
        return switch (order) {
            case BY_DAY -> clickHouse.statement(PROVEN_BY_DAY);
            case BY_HOUR -> clickHouse.statement(PROVEN_BY_HOUR);
            case BY_APP -> clickHouse.statement(PROVEN_BY_APP);
        };
    }

    private RollupStatement bind(RollupStatement statement, List<Bucket> buckets) {
        return statement
                .bind("marks", table)
                .bindStrings(
                        "organizations",
                        buckets.stream().map(Bucket::organization).toList())
                .bindInstants("starts", buckets.stream().map(Bucket::start).toList());
    }

    /** Clears these marks only. */
    void clear(Collection<DirtyMark> marks) {
        if (marks.isEmpty()) {
            return;
        }
        clickHouse.insert(
                table,
                COLUMNS,
                marks.stream()
                        .map(mark -> escape(mark.bucket().organization()) + '\t'
                                + ParameterizedStatement.seconds(mark.bucket().start()) + '\t' + mark.id() + "\t-1\n")
                        .collect(Collectors.joining()));
    }

    /** Marks buckets for a rebuild from the rows that are visible now. */
    void mark(Collection<Bucket> buckets) {
        if (buckets.isEmpty()) {
            return;
        }
        clickHouse.insert(
                table,
                List.of("organization_id", "bucket"),
                buckets.stream()
                        .map(bucket -> escape(bucket.organization())
                                + '\t'
                                + ParameterizedStatement.seconds(bucket.start())
                                + '\n')
                        .collect(Collectors.joining()));
    }

    /** The buckets of an organisation that have a mark. */
    List<Instant> of(String organization, Instant from, Instant to) {
        return clickHouse
                .statement("""
                        SELECT DISTINCT bucket
                        FROM {marks:Identifier} FINAL
                        WHERE sign = 1
                          AND organization_id = {organization:String}
                          AND bucket >= {from:DateTime('UTC')} AND bucket < {to:DateTime('UTC')}
                        """)
                .bind("marks", table)
                .bind("organization", organization)
                .bindDateTime("from", from)
                .bindDateTime("to", to)
                .list(Row::nextInstant);
    }

    private static String escape(String field) {
        return field.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
    }
}
