package dev.quarry.parameters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.error.Violation;
import dev.quarry.groups.GroupLimit;
import dev.quarry.time.DateTime;
import dev.quarry.time.Granularity;
import dev.quarry.time.Zones;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BeanDefinitionTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @RegisterForReflection
    record App(
            @Parameter(name = "app", in = Place.PATH, description = "The app", minimumLength = 1, maximumLength = 64)
            String id,

            @Parameter(
                    name = "level",
                    description = "The level",
                    values = {"log", "warn"})
            Optional<String> level) {}

    @RegisterForReflection
    record Asked(
            App app,

            @Parameter(name = "from", description = "First day", earliest = "2000-01-01", latest = "2099-12-31")
            LocalDate from,

            GroupLimit limit,

            @Parameter(name = "hours", description = "Hours", minimum = 1, maximum = 720, defaultValue = "24")
            int hours,

            @Parameter(name = "tz", description = "Zone", defaultValue = "UTC")
            ZoneId zone,

            @Parameter(name = "rated", description = "Rated", defaultValue = "false")
            boolean rated,

            @Parameter(
                    name = "granularity",
                    description = "Granularity",
                    values = {"hour", "day"},
                    defaultValue = "hour")
            Granularity granularity,

            @Parameter(name = "before", description = "Cursor", pattern = "^[0-9]+$")
            Optional<String> before,

            @Parameter(name = "Last-Event-ID", in = Place.HEADER, description = "Last event")
            Optional<String> lastEvent,

            Instant now) {
        Asked {
            if (hours == 23) {
                throw Parameters.invalid("hours", "Input should not be 23", "23");
            }
        }
    }

    private static Asked read(Map<String, String> sent) {
        return BeanDefinition.of(Asked.class)
                .read((place, name) -> Optional.ofNullable(sent.get(place.wireName() + " " + name)), NOW);
    }

    private static List<Violation> violations(Map<String, String> sent) {
        FailureException thrown = assertThrows(FailureException.class, () -> read(sent));
        return assertInstanceOf(Failure.Invalid.class, thrown.failure()).violations();
    }

    @RegisterForReflection
    record Repeated(
            @Parameter(name = "country", description = "Countries", repeatable = true)
            Optional<String> country,

            @Parameter(name = "level", description = "Level")
            Optional<String> level) {}

    @Test
    void joinsTheTextsOfARepeatableParameterAndTakesTheLastOfAnother() {
        var request = new BeanDefinition.Source() {
            @Override
            public Optional<String> find(Place place, String name) {
                return Optional.of(findAll(place, name).getLast());
            }

            @Override
            public List<String> findAll(Place place, String name) {
                return List.of("a", "b,c");
            }
        };
        assertEquals(
                new Repeated(Optional.of("a,b,c"), Optional.of("b,c")),
                BeanDefinition.of(Repeated.class).read(request, NOW));
        assertEquals(
                new Repeated(Optional.empty(), Optional.empty()),
                BeanDefinition.of(Repeated.class).read((place, name) -> Optional.empty(), NOW));
    }

    @Test
    void readsEveryTypeFromItsPlace() {
        Map<String, String> sent = Map.of(
                "path app", "a1",
                "query level", "warn",
                "query from", "2026-02-01",
                "query limit", "7",
                "query hours", "48",
                "query tz", "Asia/Kathmandu",
                "query rated", "yes",
                "query granularity", "day",
                "query before", "12",
                "header Last-Event-ID", "e1");
        assertEquals(
                new Asked(
                        new App("a1", Optional.of("warn")),
                        LocalDate.of(2026, 2, 1),
                        new GroupLimit(7),
                        48,
                        ZoneId.of("Asia/Kathmandu"),
                        true,
                        Granularity.DAY,
                        Optional.of("12"),
                        Optional.of("e1"),
                        NOW),
                read(sent));
    }

    @Test
    void fillsInDefaults() {
        assertEquals(
                new Asked(
                        new App("a1", Optional.empty()),
                        LocalDate.of(2026, 2, 1),
                        new GroupLimit(1_000),
                        24,
                        Zones.UTC,
                        false,
                        Granularity.HOUR,
                        Optional.empty(),
                        Optional.empty(),
                        NOW),
                read(Map.of("path app", "a1", "query from", "2026-02-01")));
    }

    @Test
    void reportsAllViolationsAtOnceInOrderOfDeclaration() {
        Map<String, String> sent = Map.of(
                "path app", "",
                "query level", "loud",
                "query limit", "1001",
                "query hours", "0",
                "query tz", "Mars/Olympus",
                "query rated", "perhaps",
                "query granularity", "week",
                "query before", "x");
        List<Violation> violations = violations(sent);
        assertEquals(
                List.of(
                        List.of("path", "app"),
                        List.of("query", "level"),
                        List.of("query", "from"),
                        List.of("query", "limit"),
                        List.of("query", "hours"),
                        List.of("query", "tz"),
                        List.of("query", "rated"),
                        List.of("query", "granularity"),
                        List.of("query", "before")),
                violations.stream().map(Violation::loc).toList());
        assertEquals(
                List.of(
                        "string_too_short",
                        "literal_error",
                        "missing",
                        "less_than_equal",
                        "greater_than_equal",
                        "zoneinfo_str",
                        "bool_parsing",
                        "enum",
                        "string_pattern_mismatch"),
                violations.stream().map(Violation::type).toList());
        assertEquals(
                new Violation(List.of("query", "from"), "Field required", "missing", null, Map.of()),
                violations.get(2));
    }

    @Test
    void anEmptyTextWasSent() {
        assertEquals(
                "int_parsing",
                violations(Map.of("path app", "a1", "query from", "2026-02-01", "query hours", ""))
                        .getFirst()
                        .type());
    }

    @Test
    void theConstructorsViolationIsReported() {
        assertEquals(
                List.of(new Violation(
                        List.of("query", "hours"), "Input should not be 23", "value_error", "23", Map.of())),
                violations(Map.of("path app", "a1", "query from", "2026-02-01", "query hours", "23")));
    }

    @Test
    void knowsItsRecords() {
        assertTrue(BeanDefinition.of(Asked.class).contains(GroupLimit.class));
        assertTrue(BeanDefinition.of(Asked.class).contains(App.class));
        assertEquals(false, BeanDefinition.of(App.class).contains(GroupLimit.class));
    }

    @RegisterForReflection
    record Moments(
            @Parameter(name = "start", description = "Start")
            Optional<DateTime> start,

            @Parameter(name = "hours", description = "Hours", documentedDefault = "24")
            Optional<Integer> hours) {}

    @Test
    void documentedDefaultIsNotFilledIn() {
        BeanDefinition<Moments> moments = BeanDefinition.of(Moments.class);
        assertEquals(
                new Moments(Optional.empty(), Optional.empty()), moments.read((place, name) -> Optional.empty(), NOW));
        assertEquals(
                List.of(Optional.empty(), Optional.of("24")),
                moments.parameters().stream()
                        .map(ParameterDefinition::documentedDefault)
                        .toList());
    }

    @Test
    void readsADateAndTime() {
        assertEquals(
                new Moments(
                        Optional.of(new DateTime(LocalDateTime.parse("2026-02-20T13:00"), Optional.of(Duration.ZERO))),
                        Optional.of(7)),
                BeanDefinition.of(Moments.class)
                        .read((place, name) -> Optional.of(name.equals("hours") ? "7" : "2026-02-20T13:00Z"), NOW));
    }

    record Unregistered(
            @Parameter(name = "x", description = "X") String x) {}

    @RegisterForReflection
    record Undeclared(String x) {}

    @RegisterForReflection
    record WrongDefault(
            @Parameter(name = "x", description = "X", maximum = 5, defaultValue = "6")
            int x) {}

    @RegisterForReflection
    record WrongWord(
            @Parameter(name = "x", description = "X", values = "fortnight")
            Granularity x) {}

    @RegisterForReflection
    record OptionalDefault(
            @Parameter(name = "x", description = "X", defaultValue = "6")
            Optional<String> x) {}

    @RegisterForReflection
    record DocumentedDefault(
            @Parameter(name = "x", description = "X", documentedDefault = "6")
            int x) {}

    @RegisterForReflection
    record WrongType(
            @Parameter(name = "x", description = "X") List<String> x) {}

    @Test
    void refusesADeclarationThatContradictsItself() {
        for (Class<?> type : List.of(
                Unregistered.class,
                Undeclared.class,
                WrongDefault.class,
                WrongWord.class,
                OptionalDefault.class,
                DocumentedDefault.class,
                WrongType.class,
                String.class)) {
            assertThrows(IllegalArgumentException.class, () -> BeanDefinition.of(type), type::getName);
        }
    }
}
