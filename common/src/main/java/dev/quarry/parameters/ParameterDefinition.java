package dev.quarry.parameters;

import dev.quarry.error.Violation;
import dev.quarry.pydantic.ParseResult;
import dev.quarry.pydantic.Parser;
import dev.quarry.time.DateTime;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A parameter, as its component declares it.
 *
 * @param component the name of the record's component; of a path parameter, the type of the resource that it identifies
 * @param type the type of a valid value, without {@code Optional}
 * @param values the valid words; empty if other texts are valid too
 * @param defaultText empty if the parameter has no default
 */
public record ParameterDefinition(
        Parameter declaration,
        String component,
        Class<?> type,
        boolean optional,
        Parser<?> parser,
        List<String> values,
        Optional<String> defaultText) {

    private static final LocalDate FIRST_DAY = LocalDate.of(1, 1, 1);
    private static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 31);

    /** @throws IllegalArgumentException if the declaration contradicts itself or the type is not supported */
    static ParameterDefinition of(Parameter declaration, String component, Type componentType) {
        boolean optional = componentType instanceof ParameterizedType generic && generic.getRawType() == Optional.class;
        Type valueType = optional ? ((ParameterizedType) componentType).getActualTypeArguments()[0] : componentType;
        if (!(valueType instanceof Class<?> type)) {
            throw new IllegalArgumentException("No parameter has the type " + valueType);
        }
        List<String> values = declaration.values().length == 0 && type.isEnum()
                ? Arrays.stream(type.getEnumConstants())
                        .map(ParameterDefinition::wireName)
                        .toList()
                : List.of(declaration.values());
        Optional<String> defaultText = declaration.defaultValue().equals(Parameter.NO_DEFAULT)
                ? Optional.empty()
                : Optional.of(declaration.defaultValue());
        Parser<?> parser = parser(declaration, type, values);
        if (optional && defaultText.isPresent()) {
            throw new IllegalArgumentException("An optional parameter has a default: " + declaration);
        }
        if (defaultText.isPresent() && parser.parse(defaultText.get()) instanceof ParseResult.Invalid) {
            throw new IllegalArgumentException("The default is not a valid value: " + declaration);
        }
        if (!optional && !declaration.documentedDefault().equals(Parameter.NO_DEFAULT)) {
            throw new IllegalArgumentException("A parameter with a documented default is not optional: " + declaration);
        }
        return new ParameterDefinition(declaration, component, type, optional, parser, values, defaultText);
    }

    /** The value that the document shows for a parameter that was not sent; empty if there is none. */
    public Optional<String> documentedDefault() {
        String documented = declaration.documentedDefault();
        return documented.equals(Parameter.NO_DEFAULT) ? defaultText : Optional.of(documented);
    }

    public String name() {
        return declaration.name();
    }

    /** Whether a request must send the parameter. */
    public boolean isRequired() {
        return !optional && defaultText.isEmpty();
    }

    /** A violation of this declaration, for the example of a failure; empty if every text is valid. */
    public Optional<Violation> exampleViolation() {
        if (isRequired() && declaration.in() != Place.PATH) {
            return Optional.of(missing());
        }
        return List.of("0", "unknown").stream()
                .flatMap(text -> parser.parse(text) instanceof ParseResult.Invalid<?> invalid
                        ? Optional.of(violation(invalid, Optional.of(text))).stream()
                        : Optional.<Violation>empty().stream())
                .findFirst();
    }

    /** The violation of a request that does not send the parameter. */
    public Violation missing() {
        return violation((ParseResult.Invalid<?>) ParseResult.missing(), Optional.empty());
    }

    /**
     * The value for the component.
     *
     * @param sent the text that was sent
     * @param violations receives a violation if the text is invalid or missing; the result then means nothing
     */
    Object read(Optional<String> sent, List<Violation> violations) {
        Optional<String> text = sent.or(() -> defaultText);
        if (text.isEmpty() && optional) {
            return Optional.empty();
        }
        ParseResult<?> result = text.isEmpty() ? ParseResult.missing() : parser.parse(text.get());
        return switch (result) {
            case ParseResult.Valid<?>(Object value) -> optional ? Optional.of(value) : value;
            case ParseResult.Invalid<?> invalid -> {
                violations.add(violation(invalid, sent));
                yield null;
            }
        };
    }

    private Violation violation(ParseResult.Invalid<?> invalid, Optional<String> sent) {
        List<Object> location = List.of(declaration.in().wireName(), name());
        return new Violation(location, invalid.msg(), invalid.type(), sent.orElse(null), invalid.ctx());
    }

    private static Parser<?> parser(Parameter declaration, Class<?> type, List<String> values) {
        if (type == int.class || type == Integer.class) {
            return Parser.integer(declaration.minimum(), declaration.maximum());
        }
        if (type == LocalDate.class) {
            LocalDate earliest = LocalDate.parse(declaration.earliest());
            LocalDate latest = LocalDate.parse(declaration.latest());
            return earliest.equals(FIRST_DAY) && latest.equals(LAST_DAY)
                    ? Parser.date()
                    : Parser.date(earliest, latest);
        }
        if (type == DateTime.class) {
            return Parser.dateTime();
        }
        if (type == boolean.class || type == Boolean.class) {
            return Parser.flag();
        }
        if (type == ZoneId.class) {
            return Parser.zone();
        }
        if (type.isEnum()) {
            return constants(declaration, type, values);
        }
        if (type == String.class) {
            return text(declaration, values);
        }
        throw new IllegalArgumentException("No parameter has the type " + type.getName());
    }

    /**
     * If the parameter has a pattern, a wrong word violates the pattern, as it does if the published parameter is a
     * text.
     */
    private static Parser<?> constants(Parameter declaration, Class<?> type, List<String> values) {
        List<?> constants = values.stream()
                .map(value -> Arrays.stream(type.getEnumConstants())
                        .filter(constant -> wireName(constant).equals(value))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(type.getName() + " has no constant " + value)))
                .toList();
        return declaration.pattern().isEmpty()
                ? Parser.oneOf(constants, ParameterDefinition::wireName)
                : Parser.matching(declaration.pattern()).map(name -> constants.get(values.indexOf(name)));
    }

    private static Parser<String> text(Parameter declaration, List<String> values) {
        if (!values.isEmpty()) {
            return Parser.literal(values);
        }
        if (!declaration.pattern().isEmpty()) {
            return Parser.matching(declaration.pattern());
        }
        return declaration.minimumLength() == 0 && declaration.maximumLength() == Integer.MAX_VALUE
                ? Parser.text()
                : Parser.text(declaration.minimumLength(), declaration.maximumLength());
    }

    private static String wireName(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
    }
}
