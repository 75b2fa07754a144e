package dev.quarry.testing;

import dev.quarry.rollup.Auditor;
import io.quarkus.arc.Arc;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The auditor's result for an organisation, after it compared all days and rebuilt the days that differed. */
public record Verified(long compared, long mended, List<String> unsettled, List<String> remaining) {
    public Verified {
        unsettled = List.copyOf(unsettled);
        remaining = List.copyOf(remaining);
    }

    /** Requests a comparison as {@code ./quarry verify} does, from a service with one rollup in this JVM. */
    public static Verified of(String organization) {
        return of(
                organization,
                () -> Arc.container().instance(Auditor.class).get().work());
    }

    /**
     * As {@link #of(String)}.
     *
     * @param work takes a turn of the auditor
     */
    public static Verified of(String organization, Runnable work) {
        UUID id = UUID.randomUUID();
        Stores.inPostgres(connection -> connection
                .createStatement()
                .execute("INSERT INTO verifications (id, organization_id) VALUES ('%s', '%s')"
                        .formatted(id, organization)));
        work.run();
        List<Verified> results = new ArrayList<>();
        Stores.inPostgres(connection -> {
            ResultSet row = connection.createStatement().executeQuery("""
                    SELECT compared, mended, unsettled, remaining FROM verification_results WHERE verification = '%s'
                    """.formatted(id));
            while (row.next()) {
                results.add(new Verified(
                        row.getLong(1),
                        row.getLong(2),
                        List.of((String[]) row.getArray(3).getArray()),
                        List.of((String[]) row.getArray(4).getArray())));
            }
        });
        if (results.size() != 1) {
            throw new AssertionError("Not one answer: " + results);
        }
        return results.getFirst();
    }
}
