package dev.quarry.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.clickhouse.RetentionView.Span;
import dev.quarry.clickhouse.RetentionView.Spans;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OrganizationAnswersTest {
    private static final LocalDate TODAY = LocalDate.parse("2026-03-01");
    private static final Span SPAN = new Span(400, TODAY);

    private final OrganizationAnswers answers = new OrganizationAnswers(null, 10_000);

    @Test
    void leastRecentlyUsedAnswersGoFirst() {
        put("first", 3_000);
        put("second", 3_000);
        get("first");

        assertEquals(1, put("third", 3_000));

        assertTrue(get("first").isPresent());
        assertTrue(get("second").isEmpty());
        assertTrue(get("third").isPresent());
    }

    @Test
    void answerThatIsTooLargeDisplacesNothing() {
        put("first", 3_000);

        assertEquals(0, put("large", 10_000));

        assertTrue(get("first").isPresent());
        assertTrue(get("large").isEmpty());
    }

    @Test
    void replacedAnswerCountsOnce() {
        put("first", 3_000);
        put("first", 2_000);

        assertEquals(answer(2_000).size() + question("first").size(), answers.size());
        assertEquals(1, answers.count());
    }

    @Test
    void answersThatJustFitEvictNothing() {
        var exact = new OrganizationAnswers(
                null, 2L * (answer(3_000).size() + question("one").size()));

        assertEquals(0, exact.put(question("one"), answer(3_000)));
        assertEquals(0, exact.put(question("two"), answer(3_000)));
        assertEquals(2, exact.count());
    }

    /** A question keeps the texts of its request in memory. */
    @Test
    void longQuestionsCount() {
        put("first", 1);
        put("second", 1);

        assertEquals(2, put("l".repeat(4_000), 1));

        assertEquals(1, answers.count());
        assertEquals(answer(1).size() + 8_000, answers.size());
        assertEquals(0, put("l".repeat(5_000), 1));
        assertTrue(get("l".repeat(5_000)).isEmpty());
    }

    @Test
    void parametersCount() {
        Question question =
                new Question("", List.of("x".repeat(1_000)), Optional.empty(), TODAY, new Spans(SPAN, SPAN, SPAN));

        answers.put(question, answer(1));

        assertTrue(answers.size() >= answer(1).size() + 2_000, "Size: " + answers.size());
    }

    @Test
    void oneAnswerMayFillTheCache() {
        var exact = new OrganizationAnswers(
                null, answer(3_000).size() + question("first").size());

        exact.put(question("first"), answer(3_000));

        assertEquals(Optional.of(3_000), exact.get(question("first")).map(answer -> answer.body().length));
    }

    private int put(String path, int bytes) {
        return answers.put(question(path), answer(bytes));
    }

    private Optional<CachedAnswer> get(String path) {
        return answers.get(question(path));
    }

    private static CachedAnswer answer(int bytes) {
        return new CachedAnswer(new byte[bytes], "application/json", Map.of(), Optional.empty());
    }

    private static Question question(String path) {
        return new Question(path, "", Optional.empty(), TODAY, new Spans(SPAN, SPAN, SPAN));
    }
}
