package dev.quarry.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Makes CSV of a JSON answer, without the code of the services. */
final class CsvOfJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private CsvOfJson() {}

    /** @throws IllegalArgumentException if the answer has no rows, because the columns are unknown then */
    static String lines(String json) throws JsonProcessingException {
        List<JsonNode> rows = rows(JSON.readTree(json));
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("There are no rows in " + json);
        }
        Stream<String> header = Stream.of(line(rows.getFirst().properties().stream()
                .map(property -> JSON.getNodeFactory().textNode(property.getKey()))));
        return Stream.concat(header, rows.stream().map(row -> line(StreamSupport.stream(row.spliterator(), false))))
                .collect(Collectors.joining());
    }

    private static List<JsonNode> rows(JsonNode answer) {
        if (answer.isArray()) {
            return list(answer);
        }
        for (JsonNode property : answer) {
            if (property.isArray()) {
                return list(property);
            }
        }
        List<JsonNode> counts = counts(answer);
        return counts.isEmpty() ? List.of(answer) : counts;
    }

    /** Objects such as {@code "sources_by_type": {"file": 3}}. */
    private static List<JsonNode> counts(JsonNode answer) {
        List<JsonNode> rows = new ArrayList<>();
        answer.properties()
                .forEach(property -> property.getValue().properties().forEach(count -> {
                    ObjectNode row = JSON.createObjectNode();
                    row.put("property", property.getKey().replaceFirst(".*_by_", ""));
                    row.put("value", count.getKey());
                    row.set("count", count.getValue());
                    rows.add(row);
                }));
        return rows;
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static String line(Stream<? extends JsonNode> fields) {
        return fields.map(CsvOfJson::field).collect(Collectors.joining(",", "", "\r\n"));
    }

    private static String field(JsonNode value) {
        if (value.isNull()) {
            return "";
        }
        String text = value.asText();
        if (value.isTextual() && !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0) {
            text = "'" + text;
        }
        return text.matches("(?s).*[,\"\r\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
