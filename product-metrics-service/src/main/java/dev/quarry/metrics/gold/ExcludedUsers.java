package dev.quarry.metrics.gold;

/** The users, such as staff and bots, whom an organisation has taken out of its numbers. */
final class ExcludedUsers {
    /**
     * A condition for each read of {@code events}: the user is not excluded on the day of the event. A statement binds
     * the days that it reads as {@code organizations} and {@code days}. On each day, the newest change that begins on
     * this day or earlier decides.
     */
    static final String NOT_EXCLUDED = """
            (organization_id, user_id, day) NOT IN (
              SELECT organization_id, user_id, day
              FROM excluded_users
              ARRAY JOIN arrayDistinct({days:Array(Date)}) AS day
              WHERE organization_id IN {organizations:Array(String)} AND since <= day
              GROUP BY organization_id, user_id, day
              HAVING argMax(excluded, at))
            """;

    private ExcludedUsers() {}
}
