package dev.quarry.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One tenant attacks another on every route of the served OpenAPI document. It knows everything that the other's answers
 * contain: ids, names, cursors, entity tags and event ids. Its own answers must not contain any of it, and must be the
 * same as if it had made them up, so that it cannot find out what exists. A service extends this class once.
 */
public abstract class IsolationTests {
    private static final Pattern UUIDS = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern IDS_AND_TIMES =
            Pattern.compile(UUIDS.pattern() + "|\\d{4}-\\d\\d-\\d\\dT[0-9:.]+|\\d{13}");
    private static final Pattern CURSOR = Pattern.compile("[?&](\\w+)=([^&>]+)");
    private static final Pattern EVENT_ID = Pattern.compile("(?m)^id: *(\\S+)$");
    private static final String LAST_EVENT_ID = "Last-Event-ID";
    /** Values of one kind to try. */
    private static final int ENOUGH = 2;

    @Inject
    TestClock clock;

    private final String theirId = UUID.randomUUID().toString();
    private final String nobody = UUID.randomUUID().toString();
    private Tenant ours;
    private Tenant theirs;
    /** Values of their answers, by the name of the parameter that takes them; under "" those for any parameter. */
    private final Map<String, Set<String>> known = new HashMap<>();

    private final Set<String> theirTags = new HashSet<>();
    private final List<String> leaks = new ArrayList<>();

    /** Creates an organisation with {@code size} rows of each kind, in resources with this id. */
    protected abstract Tenant tenant(int size, String id);

    @BeforeEach
    void twoTenantsHaveData() {
        theirs = tenant(2, theirId);
        ours = tenant(1, UUID.randomUUID().toString());
        // A moment after everything was delivered.
        clock.setTo(Instant.now().plusSeconds(10));
    }

    @AfterEach
    void resetClock() {
        clock.reset();
    }

    @Test
    void nothingOfAnotherTenantIsToldOrGivenAway() throws IOException {
        listenToThem();
        for (Operation operation : Operation.served()) {
            Request own = ours.ask(operation);
            Request foreign = own.withPath(theirs.ids());
            check(foreign);
            check(own.withQuery("organization_id", theirs.caller().organization()));
            for (Operation.Parameter parameter : operation.parameters()) {
                for (String value : valuesFor(parameter)) {
                    check(own.with(parameter, value));
                }
            }
            for (Map<String, String> headers : headers()) {
                check(foreign.withoutCredential().withHeaders(headers));
                check(own.withoutCredential().withHeaders(headers));
            }
        }
        assertEquals(List.of(), leaks);
    }

    /** Fails if a route has no data, because then there is nothing to attack. */
    private void listenToThem() throws IOException {
        Set<String> ourTags = new HashSet<>();
        for (Operation operation : Operation.served()) {
            List<String> theirNumbers = new ArrayList<>();
            for (Request request : theirs.questions(operation)) {
                Answer answer = request.send();
                theirNumbers.add(numbers(answer));
                learn(answer);
            }
            List<String> ourNumbers = new ArrayList<>();
            for (Request request : ours.questions(operation)) {
                Answer answer = request.send();
                ourNumbers.add(numbers(answer));
                ourTags.add(answer.headers().getOrDefault("ETag", ""));
            }
            assertNotEquals(theirNumbers, ourNumbers, operation::path);
        }
        // Equal answers have equal tags, and some have none.
        theirTags.removeAll(ourTags);
    }

    /** An answer with data, without what differs although the data are the same. */
    private String numbers(Answer answer) {
        return answer.status() == 200
                ? IDS_AND_TIMES
                        .matcher(answer.body().replace(theirs.mark(), "").replace(ours.mark(), ""))
                        .replaceAll("")
                : "";
    }

    private void learn(Answer answer) {
        Pattern names = Pattern.compile("[\\w-]*(" + theirs.mark() + "|" + theirId + ")[\\w-]*");
        names.matcher(answer.text(List.of())).results().forEach(name -> know("", name.group()));
        CURSOR.matcher(answer.headers().getOrDefault("Link", ""))
                .results()
                .forEach(cursor -> know(cursor.group(1), cursor.group(2)));
        EVENT_ID.matcher(answer.body()).results().forEach(id -> know(LAST_EVENT_ID, id.group(1)));
        theirTags.add(answer.headers().getOrDefault("ETag", ""));
    }

    private void know(String parameter, String value) {
        known.computeIfAbsent(parameter, _ -> new TreeSet<>()).add(value);
    }

    private List<String> valuesFor(Operation.Parameter parameter) {
        if (theirs.ids().containsKey(parameter.name()) && !parameter.in().equals("header")) {
            return List.of(theirs.ids().get(parameter.name()));
        }
        return known.getOrDefault(parameter.name(), parameter.isText() ? known.get("") : Set.of()).stream()
                .limit(ENOUGH)
                .toList();
    }

    /** Our credentials in every form that any service accepts, with every mix of headers about them. */
    private List<Map<String, String>> headers() {
        String session = ours.caller().sessionToken();
        List<Map<String, String>> mixes = new ArrayList<>(List.of(
                Map.of(),
                Map.of("Authorization", "Bearer " + ours.caller().key()),
                Map.of("x-api-key", ours.caller().key()),
                Map.of(
                        "x-session-token",
                        session,
                        "x-organization-id",
                        ours.caller().organization()),
                Map.of("x-session-token", session)));
        Map<String, String> aboutThem = new HashMap<>(Map.of(
                "x-organization-id", theirs.caller().organization(),
                "If-None-Match", String.join(", ", theirTags)));
        known.getOrDefault(LAST_EVENT_ID, Set.of()).forEach(id -> aboutThem.put(LAST_EVENT_ID, id));
        aboutThem.forEach((name, value) -> {
            for (Map<String, String> mix : List.copyOf(mixes)) {
                Map<String, String> more = new HashMap<>(mix);
                more.put(name, value);
                mixes.add(more);
            }
        });
        return mixes;
    }

    /** Compares the answer with the answer to the same request with made-up values. */
    private void check(Request attack) throws IOException {
        Answer answer = attack.send();
        String told = answer.text(attack.identifiers());
        if (told.contains(theirs.mark()) || told.contains(theirId)) {
            leaks.add(attack + " tells " + told);
        }
        Request guess = guess(attack);
        String expected = guess.send().comparable(guess.identifiers());
        String actual = answer.comparable(attack.identifiers());
        if (!actual.equals(expected)) {
            leaks.add("%s gets %s%nbut a guess gets %s".formatted(attack, actual, expected));
        }
    }

    private Request guess(Request attack) {
        return new Request(attack.operation(), guess(attack.path()), guess(attack.query()), guess(attack.headers()));
    }

    private Map<String, String> guess(Map<String, String> values) {
        Map<String, String> guesses = new HashMap<>();
        values.forEach((name, value) -> {
            String guess = value.replace(theirs.mark(), nobody.replace("-", "")).replace(theirId, nobody);
            for (String tag : theirTags) {
                guess = guess.replace(tag, '"' + nobody.substring(0, tag.length() - 2) + '"');
            }
            guesses.put(
                    name,
                    known.getOrDefault(name, Set.of()).contains(value)
                            ? UUIDS.matcher(value).replaceAll(nobody)
                            : guess);
        });
        return guesses;
    }
}
