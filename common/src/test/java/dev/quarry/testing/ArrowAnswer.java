package dev.quarry.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * A stream of Arrow as ClickHouse reads it, without the code of the services.
 *
 * @param types ClickHouse's, such as {@code Nullable(Int64)}
 */
public record ArrowAnswer(List<String> names, List<String> types, List<List<JsonNode>> rows) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern INSTANT = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
    private static final Pattern DAY = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");

    /** Reads at most about 100 KB, because they become a part of a statement. */
    public static ArrowAnswer read(byte[] stream) {
        List<List<JsonNode>> lines = Stores.execute("""
                        SELECT * FROM format(ArrowStream, unhex('%s'))
                        SETTINGS date_time_output_format = 'iso', output_format_json_quote_64bit_integers = 0
                        FORMAT JSONCompactEachRowWithNamesAndTypes
                        """.formatted(HexFormat.of().formatHex(stream)))
                .lines()
                .map(ArrowAnswer::values)
                .toList();
        return new ArrowAnswer(texts(lines.getFirst()), texts(lines.get(1)), lines.subList(2, lines.size()));
    }

    /** Fails the test unless the stream has the rows of this JSON answer, each value in a column of its own type. */
    public void requireRowsOf(String json) throws JsonProcessingException {
        List<JsonNode> expected = RowsOfJson.of(json);
        assertEquals(
                expected.getFirst().properties().stream().map(Map.Entry::getKey).toList(), names);
        assertEquals(
                expected.stream()
                        .map(row -> names.stream()
                                .map(name -> ofJson(row.path(name)))
                                .toList())
                        .toList(),
                rows.stream().map(this::ofArrow).toList());
    }

    private static Object ofJson(JsonNode value) {
        return switch (value.getNodeType()) {
            case NULL, MISSING -> null;
            case NUMBER -> number(value);
            case BOOLEAN -> value.booleanValue();
            case STRING -> {
                String text = value.textValue();
                if (INSTANT.matcher(text).matches()) {
                    yield Instant.parse(text);
                }
                yield DAY.matcher(text).matches() ? LocalDate.parse(text) : text;
            }
            case ARRAY, OBJECT, BINARY, POJO -> value.toString();
        };
    }

    private List<Object> ofArrow(List<JsonNode> row) {
        return IntStream.range(0, row.size())
                .mapToObj(place -> ofArrow(types.get(place), row.get(place)))
                .toList();
    }

    private static Object ofArrow(String type, JsonNode value) {
        if (value.isNull()) {
            return null;
        }
        return switch (type) {
            case "Nullable(Int32)", "Nullable(Int64)", "Nullable(Float64)" -> number(value);
            case "Nullable(Bool)" -> value.booleanValue();
            case "Nullable(String)" -> value.textValue();
            case "Nullable(Date32)" -> LocalDate.parse(value.textValue());
            case "Nullable(DateTime64(3, 'UTC'))" -> Instant.parse(value.textValue());
            default -> throw new AssertionError("No column may be " + type);
        };
    }

    private static BigDecimal number(JsonNode value) {
        return value.decimalValue().stripTrailingZeros();
    }

    private static List<String> texts(List<JsonNode> line) {
        return line.stream().map(JsonNode::textValue).toList();
    }

    private static List<JsonNode> values(String line) {
        try {
            return StreamSupport.stream(JSON.readTree(line).spliterator(), false)
                    .toList();
        } catch (JsonProcessingException notJson) {
            throw new AssertionError(line, notJson);
        }
    }
}
