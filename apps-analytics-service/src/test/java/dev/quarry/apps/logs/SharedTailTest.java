package dev.quarry.apps.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.apps.TestApp;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Mechanism;
import dev.quarry.testing.StatementRecorder;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The looks at a log and its tails, step by step. The settling time is zero: an INSERT has ended when a look begins. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@QuarkusTestResource(value = StatementRecorder.class, restrictToAnnotatedClass = true)
@Timeout(120)
class SharedTailTest {
    /** {@code -Dquarry.test.histories=N} for more. */
    private static final int HISTORIES = Integer.getInteger("quarry.test.histories", 3);

    private static final int STEPS = 150;
    private static final Duration LATENESS = Duration.ofSeconds(30);
    private static final Duration A_WEEK = Duration.ofDays(7);

    @Inject
    TailQuery query;

    @StatementRecorder.ToClickHouse
    Queue<String> toClickHouse;

    private TestApp app;
    private TailMemory memory = new TailMemory(100_000_000);

    @BeforeEach
    void anApp() {
        app = TestApp.create();
    }

    @Test
    void manyTailsCauseOneQueryALook() throws InterruptedException {
        SharedTail tail = tail("");
        List<Client> clients =
                IntStream.range(0, 20).mapToObj(_ -> new Client().open(tail)).toList();
        send(List.of(entry(now(), "told to all")));
        toClickHouse.clear();

        tail.look(later());

        assertEquals(1, reads());
        for (Client client : clients) {
            assertEquals(List.of("told to all"), client.receiveAll());
        }
        assertEquals(1, reads());
    }

    @Test
    void aTailWithoutAnIdBeginsNow() throws InterruptedException {
        SharedTail tail = tail("");
        Client early = new Client().open(tail);
        send(List.of(entry(later(), "before")));
        tail.look(later());
        Instant opened = later();
        Client client = new Client().open(tail);

        send(List.of(entry(opened.minusMillis(1), "late"), entry(later(), "after")));
        tail.look(later());

        assertEquals(List.of("after"), client.receiveAll());
        assertEquals(List.of("before", "late", "after"), early.receiveAll());
    }

    @Test
    void anEntryOfTheFutureIsSentInItsTime() throws InterruptedException {
        SharedTail tail = tail("");
        Client client = new Client().open(tail);
        send(List.of(entry(now().plus(30, ChronoUnit.MINUTES), "then"), entry(now(), "now")));

        tail.look(later());
        assertEquals(List.of("now"), client.receiveAll());
        tail.look(now().plus(31, ChronoUnit.MINUTES));
        assertEquals(List.of("then"), client.receiveAll());
    }

    /** Its time is long past, so that only the catch-up finds it. */
    @Test
    void anEntryDeliveredJustBeforeTheClientResumesIsSent() throws InterruptedException {
        SharedTail tail = tail("");
        tail.look(later());
        send(List.of(entry(now().minus(100, ChronoUnit.HOURS), "old")));
        Client client =
                new Client().resumeAt(now().minus(101, ChronoUnit.HOURS)).open(tail);

        tail.look(later());

        assertEquals(List.of("old"), client.receiveAll());
    }

    @Test
    void aCursorOf1970ReachesAWeekBack() throws InterruptedException {
        send(List.of(
                entry(now().minus(A_WEEK).minusSeconds(60), "too old"),
                entry(now().minus(A_WEEK).plusSeconds(60), "in the week")));
        SharedTail tail = tail("");
        Client client = new Client().resumeAt(Instant.EPOCH).open(tail);

        tail.look(later());

        assertEquals(List.of("in the week"), client.receiveAll());
    }

    /** Both clients resume at another replica; one of them had left in the middle of a look. */
    @Test
    void aLateEntryAroundAReconnectionIsSentOnce() throws InterruptedException {
        SharedTail one = tail("");
        Client client = new Client().open(one);
        Client interrupted = new Client().open(one);
        Instant moment = later();
        waitUntil(moment.plusMillis(20));
        send(List.of(
                entry(moment, "first"), entry(moment.plusMillis(10), "second"), entry(moment.plusMillis(20), "third")));
        one.look(later());
        assertEquals(List.of("first", "second", "third"), client.receiveAll());
        assertEquals(List.of("first"), interrupted.receive(1));
        client.close();

        SharedTail other = tail("");
        send(List.of(entry(moment.minusMillis(1_000), "late"), entry(moment.plusMillis(5), "later")));
        client.open(other);
        interrupted.open(other);
        other.look(later());

        assertEquals(List.of("late", "later"), client.receiveAll());
        assertEquals(List.of("second", "third", "late", "later"), interrupted.receiveAll());
        send(List.of(entry(moment.minusMillis(500), "last")));
        other.look(later());
        assertEquals(List.of("last"), client.receiveAll());
        assertEquals(List.of("last"), interrupted.receiveAll());
    }

    /** A merge would leave the newest delivery only, which a client that resumes would take for a new entry. */
    @Test
    void anEntryThatIsDeliveredAgainIsNotSentAgain() throws InterruptedException {
        Stores.execute("SYSTEM STOP MERGES canvas_app_logs");
        try {
            sendOnceAndAgain();
        } finally {
            Stores.execute("SYSTEM START MERGES canvas_app_logs");
        }
    }

    private void sendOnceAndAgain() throws InterruptedException {
        SharedTail one = tail("");
        Client client = new Client().open(one);
        Map<String, Object> entry = entry(later(), "once");
        send(List.of(entry));
        one.look(later());
        assertEquals(List.of("once"), client.receiveAll());
        send(List.of(entry));
        one.look(later());
        assertEquals(List.of(), client.receiveAll());

        client.close();
        SharedTail other = tail("");
        client.open(other);
        other.look(later());
        assertEquals(List.of(), client.receiveAll());
        send(List.of(entry, entry(now(), "new")));
        other.look(later());
        assertEquals(List.of("new"), client.receiveAll());
    }

    /** The clients' cursors are of the time before, one with an entry and one of a quiet log. */
    @Test
    void afterTheClockWentBackClientsResumeWithWhatArrives() throws InterruptedException {
        Instant ahead = now().plus(30, ChronoUnit.MINUTES);
        SharedTail tail = tail("", ahead);
        Client client = new Client().open(tail, ahead);
        Client quiet = new Client().resumeAt(ahead).open(tail, ahead);
        send(List.of(entry(ahead, "before")));
        tail.look(ahead.plusMillis(10));
        assertEquals(List.of("before"), client.receiveAll());
        assertFalse(tail.isAheadOf(ahead.minusMillis(500)));

        assertTrue(tail.isAheadOf(later()));

        client.close();
        quiet.close();
        SharedTail next = tail("");
        client.open(next);
        quiet.open(next);
        next.look(later());
        send(List.of(entry(now(), "after")));
        next.look(later());
        assertEquals(List.of("after"), client.receiveAll());
        assertEquals(List.of("after"), quiet.receiveAll());
    }

    @Test
    void aTailThatFallsBehindEndsAndItsClientResumes() throws InterruptedException {
        memory = new TailMemory(4 * 1_000 * 500);
        SharedTail tail = tail("");
        Client slow = new Client().open(tail);
        Instant moment = later();
        int count = 2_500;
        List<String> expected = new ArrayList<>();
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            expected.add("e" + i);
            rows.add(entry(moment.plusMillis(i % 50), "e" + i));
        }
        send(rows);
        waitUntil(moment.plusMillis(60));
        tail.look(later());

        List<String> received = new ArrayList<>(slow.receiveAll());
        assertFalse(slow.isOpen());
        assertTrue(received.size() < count, "All fit into the memory");
        slow.close();
        assertEquals(0, memory.total());
        slow.open(tail);
        tail.look(later());
        received.addAll(slow.receiveAll());
        tail.look(later());
        received.addAll(slow.receiveAll());

        assertEquals(
                expected.stream().sorted().toList(), received.stream().sorted().toList());
        assertTrue(slow.isOpen());
        slow.close();
        assertEquals(0, memory.total());
    }

    /** A client that does not read its entries costs the others neither memory nor entries. */
    @Test
    void aClientThatReadsKeepsItsTailWhileAnotherFallsBehind() throws InterruptedException {
        memory = new TailMemory(4 * 1_000 * 500);
        SharedTail tail = tail("");
        Client slow = new Client().open(tail);
        Client quick = new Client().open(tail);
        List<String> expected = new ArrayList<>();
        for (int batch = 0; batch < 8; batch++) {
            List<Map<String, Object>> rows = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                expected.add("e" + batch + "." + i);
                rows.add(entry(now(), expected.getLast()));
            }
            send(rows);
            tail.look(later());
            quick.receiveAll();
        }

        assertTrue(quick.isOpen());
        assertFalse(slow.isOpen());
        assertEquals(
                expected.stream().sorted().toList(),
                quick.received.stream().sorted().toList());
        slow.close();
        quick.close();
        assertEquals(0, memory.total());
    }

    /** Different filters, so that no tail shares the entries of another. */
    @Test
    void allTailsTogetherHoldAQuarterOfTheMemory() {
        memory = new TailMemory(4 * 1_000 * 500);
        List<SharedTail> tails = List.of(tail(""), tail("info"), tail("log"), tail("error"));
        List<Client> clients =
                tails.stream().map(tail -> new Client().open(tail)).toList();
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String level : List.of("info", "log", "error")) {
            for (int i = 0; i < 100; i++) {
                rows.add(app.row(now(), Map.of("level", level, "message", "m".repeat(1_000))));
            }
        }
        send(rows);

        tails.forEach(tail -> tail.look(later()));

        assertTrue(memory.total() <= 500_000, "Bytes: " + memory.total());
        assertTrue(memory.total() >= 100 * 1_000, "Bytes: " + memory.total());
        assertTrue(clients.stream().anyMatch(client -> !client.isOpen()));
        clients.forEach(Client::close);
        assertEquals(0, memory.total());
    }

    /** All clients get the entries, which are in memory once. */
    @Test
    void tailsOfOneLogShareTheMemory() throws InterruptedException {
        memory = new TailMemory(4 * 1_000 * 500);
        SharedTail tail = tail("");
        List<Client> clients =
                IntStream.range(0, 20).mapToObj(_ -> new Client().open(tail)).toList();
        send(IntStream.range(0, 100)
                .mapToObj(i -> entry(now(), i + "m".repeat(1_000)))
                .toList());

        tail.look(later());

        for (Client client : clients) {
            assertEquals(100, client.receiveAll().size());
            client.close();
        }
        assertEquals(0, memory.total());
    }

    /** Entries arrive late, clients leave in the middle of a look and resume at any replica. */
    @Test
    void everyClientReceivesEveryEntryOnce() throws InterruptedException {
        for (int history = 0; history < HISTORIES; history++) {
            anApp();
            checkHistory(new Random(history), history % 2 == 0 ? "" : "error");
        }
    }

    private void checkHistory(Random random, String level) throws InterruptedException {
        Instant begin = now().minusSeconds(25);
        List<SharedTail> replicas = new ArrayList<>(List.of(tail(level), tail(level)));
        List<Client> clients = IntStream.range(0, 4)
                .mapToObj(_ -> new Client().resumeAt(begin).open(replicas.get(random.nextInt(2))))
                .toList();
        List<String> expected = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            Client client = clients.get(random.nextInt(clients.size()));
            switch (random.nextInt(6)) {
                case 0 -> expected.addAll(sendBatch(random, level, step));
                case 1, 2 -> replicas.get(random.nextInt(2)).look(later());
                case 3 -> client.receive(random.nextInt(4));
                case 4 -> {
                    client.close();
                    client.open(replicas.get(random.nextInt(2)));
                }
                default -> {
                    if (random.nextInt(5) == 0) {
                        replicas.set(random.nextInt(2), tail(level));
                    }
                }
            }
        }
        SharedTail last = tail(level);
        for (Client client : clients) {
            client.close();
            client.open(last);
        }
        last.look(later());
        for (Client client : clients) {
            client.receiveAll();
            assertEquals(
                    expected.stream().sorted().toList(),
                    client.received.stream().sorted().toList());
        }
    }

    /** Some entries do not match the filter. */
    private List<String> sendBatch(Random random, String level, int step) {
        List<Map<String, Object>> rows = new ArrayList<>();
        List<String> matching = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            String message = step + "." + i;
            boolean matches = level.isEmpty() || random.nextBoolean();
            Instant timestamp = now().minusMillis(random.nextBoolean() ? random.nextInt(3) : random.nextInt(20_000));
            rows.add(app.row(timestamp, Map.of("level", matches ? "error" : "info", "message", message)));
            if (matches) {
                matching.add(message);
            }
        }
        app.send("canvas_app_logs", rows);
        return matching;
    }

    private long reads() {
        return toClickHouse.stream()
                .filter(sql -> sql.contains("ORDER BY timestamp, event_id"))
                .count();
    }

    private SharedTail tail(String level) {
        return tail(level, now());
    }

    private SharedTail tail(String level, Instant now) {
        Caller caller = new Caller(app.caller().organization(), Set.of(), Mechanism.BEARER, "test");
        var log = new FollowedLog(query, caller, new LogFilter(app.id(), LogType.RUNTIME, level, ""));
        return new SharedTail(log, memory, LATENESS, Duration.ZERO, now);
    }

    private Map<String, Object> entry(Instant timestamp, String message) {
        return app.row(timestamp, Map.of("level", "info", "message", message));
    }

    private void send(List<Map<String, Object>> rows) {
        app.send("canvas_app_logs", rows);
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    /** A time after everything that was delivered. */
    private static Instant later() {
        waitUntil(now().plusMillis(1));
        return now();
    }

    private static void waitUntil(Instant moment) {
        while (now().isBefore(moment)) {
            Thread.onSpinWait();
        }
    }

    /** Remembers the id that it received last, the first one without an entry included, and resumes with it. */
    private static final class Client {
        /** A tail answers so often without an entry before a test believes that none follows. */
        private static final int PATIENCE = 20;

        private final List<String> received = new ArrayList<>();
        private Optional<TailCursor> last = Optional.empty();
        private Subscription subscription;
        private boolean isConnected;

        Client resumeAt(Instant moment) {
            last = Optional.of(TailCursor.parse(LogPosition.startOf(moment).toString()));
            return this;
        }

        Client open(SharedTail tail) {
            return open(tail, now());
        }

        Client open(SharedTail tail, Instant now) {
            subscription = last.map(cursor -> tail.resume(TailCursor.parse(cursor.toString()), now.minus(A_WEEK), now))
                    .orElseGet(() -> tail.subscribe(now));
            last = last.or(() -> Optional.of(subscription.cursor()));
            isConnected = true;
            return this;
        }

        void close() {
            subscription.close();
            isConnected = false;
        }

        boolean isOpen() {
            return subscription.isOpen();
        }

        List<String> receiveAll() throws InterruptedException {
            List<String> messages = new ArrayList<>();
            List<String> next = receive(Integer.MAX_VALUE);
            while (!next.isEmpty()) {
                messages.addAll(next);
                next = receive(Integer.MAX_VALUE);
            }
            return messages;
        }

        /** What comes next. If that is more than {@code most}, the connection breaks off before the rest. */
        List<String> receive(int most) throws InterruptedException {
            List<TailEntry> sent = List.of();
            for (int i = 0; i < PATIENCE && sent.isEmpty() && isConnected; i++) {
                sent = subscription.next(Duration.ZERO);
            }
            if (sent.size() > most) {
                sent = sent.subList(0, most);
                close();
            }
            List<String> messages = sent.stream()
                    .map(entry -> ((LogEntry.RuntimeEntry) entry.entry()).message())
                    .toList();
            received.addAll(messages);
            if (!sent.isEmpty()) {
                last = Optional.of(sent.getLast().resume());
            }
            return messages;
        }
    }
}
