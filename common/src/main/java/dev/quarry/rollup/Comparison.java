package dev.quarry.rollup;

import com.google.errorprone.annotations.CompileTimeConstant;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How the {@link Auditor} compares gold with bronze: two statements that must give the same rows of {@code bucket} (a
 * DateTime) and {@code sums} (a readable String), in this order. Both take {@code {organization:String}},
 * {@code {from:DateTime('UTC')}} and {@code {to:DateTime('UTC')}}; the range is whole days, {@code to} excluded. Both
 * may also take these days as a rebuild does, as {@code organizations} and {@code days}. A bucket without events has no
 * row; the comparison ignores rows of zeros. If a statement gives several rows of a bucket, they are compared together.
 *
 * <p>Sums are cheap, and still detect a number in the wrong row: beside the counts, they add up a hash of the key of
 * each row of gold, multiplied by the row's count.
 *
 * <p>Both leave out days whose events may have expired in part.
 */
public final class Comparison {
    @CompileTimeConstant
    private final String bronze;

    @CompileTimeConstant
    private final String gold;

    private record Row(Instant bucket, String sums) {}

    /**
     * @param bronze SQL that reads bronze
     * @param gold SQL that reads gold
     */
    public Comparison(@CompileTimeConstant String bronze, @CompileTimeConstant String gold) {
        this.bronze = bronze;
        this.gold = gold;
    }

    Map<Instant, String> bronze(RollupClickHouse clickHouse, String organization, Instant from, Instant to) {
        return sums(clickHouse.statement(bronze), organization, from, to);
    }

    Map<Instant, String> gold(RollupClickHouse clickHouse, String organization, Instant from, Instant to) {
        return sums(clickHouse.statement(gold), organization, from, to);
    }

    private static Map<Instant, String> sums(RollupStatement statement, String organization, Instant from, Instant to) {
        List<LocalDate> days = LocalDate.ofInstant(from, ZoneOffset.UTC)
                .datesUntil(LocalDate.ofInstant(to, ZoneOffset.UTC))
                .toList();
        List<Row> rows = statement
                .bind("organization", organization)
                .bindDateTime("from", from)
                .bindDateTime("to", to)
                .bindStrings("organizations", Collections.nCopies(days.size(), organization))
                .bindDays("days", days)
                .onOneThread()
                .list(row -> new Row(row.nextInstant(), row.nextString()));
        Function<List<Row>, String> together =
                ofBucket -> ofBucket.stream().map(Row::sums).sorted().collect(Collectors.joining("; "));
        return rows.stream()
                .collect(Collectors.groupingBy(
                        Row::bucket, Collectors.collectingAndThen(Collectors.toList(), together)));
    }
}
