package dev.quarry.metrics.oracle;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Seeded events with everything in them that has ever made a count wrong. */
final class RandomUses {
    static final Instant FIRST = Instant.parse("2026-02-20T00:00:00Z");
    static final int DAYS = 70;

    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final long GAP_MILLIS = Duration.ofMinutes(30).toMillis();

    private static final List<List<String>> VALUES = List.of(
            List.of("en-US", "de-DE", ""),
            List.of("US", "DE", "BR", "", "", ""),
            List.of("a", "b"),
            List.of("", "", "", "", "", "", "", "x"),
            List.of("p", "q"),
            List.of("1", "2", "it's 3", "4", "5"));

    private final Random random;
    private final int users;
    private final List<Use> uses = new ArrayList<>();

    private RandomUses(long seed, int users) {
        this.random = new Random(seed);
        this.users = users;
    }

    static List<Use> of(long seed, int users, int visits) {
        RandomUses made = new RandomUses(seed, users);
        for (int visit = 0; visit < visits; visit++) {
            made.visit("visit-" + seed + "-" + visit);
        }
        made.robot();
        made.display();
        return made.uses;
    }

    /** One use at each moment: a few users and sessions that all carry the name, every one with a feature. */
    static List<Use> at(String name, List<Instant> moments) {
        List<Use> uses = new ArrayList<>();
        for (Instant moment : moments) {
            int number = uses.size();
            uses.add(new Use(
                    UUID.nameUUIDFromBytes((name + number).getBytes(StandardCharsets.UTF_8)),
                    moment,
                    name + " user " + number % 11,
                    number % 3 == 0 ? "" : name + " session " + number / 2,
                    number % 2 == 0,
                    "feature " + number % 4,
                    List.of("en-US", "US", "a", "x", "p", "1")));
        }
        return uses;
    }

    private void visit(String name) {
        String user = random.nextInt(20) == 0 ? "" : user();
        String session = random.nextInt(3) == 0 ? "" : name;
        if (random.nextInt(40) == 0) {
            session = "reused-" + random.nextInt(5);
        }
        long millis = start();
        int length = 1 + random.nextInt(random.nextInt(8) + 1);
        for (int i = 0; i < length; i++) {
            add(millis, user, session);
            if (random.nextInt(15) == 0) {
                add(millis, user, session);
            }
            millis += step();
        }
    }

    /** Someone who never pauses for long, and so has one session of several days. */
    private void robot() {
        for (long millis = 20 * DAY_MILLIS + 5_000_000; millis < 24 * DAY_MILLIS; millis += GAP_MILLIS - 60_000) {
            add(millis, "robot", "");
        }
    }

    /** A client that sends the same session id for weeks, sometimes exactly 24 hours after its first event of a session. */
    private void display() {
        for (long millis = 5 * DAY_MILLIS + 80_000_000; millis < 40 * DAY_MILLIS; millis += DAY_MILLIS / 8) {
            add(millis + (random.nextInt(3) == 0 ? random.nextInt((int) GAP_MILLIS) : 0), "display", "forever");
        }
    }

    /** Users are not equally busy. */
    private String user() {
        return "user " + (int) (users * random.nextDouble() * random.nextDouble());
    }

    /** One in four starts within an hour and a half of midnight, UTC. */
    private long start() {
        long day = random.nextInt(DAYS) * DAY_MILLIS;
        return random.nextInt(4) == 0
                ? Math.max(0, day + random.nextInt(10_800_000) - 5_400_000)
                : day + random.nextInt((int) DAY_MILLIS);
    }

    private long step() {
        return switch (random.nextInt(12)) {
            case 0 -> GAP_MILLIS;
            case 1 -> GAP_MILLIS + 1;
            case 2 -> GAP_MILLIS * 2;
            default -> random.nextInt((int) GAP_MILLIS);
        };
    }

    private void add(long millis, String user, String session) {
        uses.add(new Use(
                new UUID(random.nextLong(), random.nextLong()),
                FIRST.plusMillis(millis),
                user,
                session,
                random.nextInt(10) < 6,
                random.nextInt(3) == 0 ? "feature " + random.nextInt(4) : "",
                VALUES.stream()
                        .map(values -> values.get(random.nextInt(values.size())))
                        .toList()));
    }

    /** The values that a dimension may have. */
    static List<String> values(int dimension) {
        return VALUES.get(dimension);
    }
}
