package dev.quarry.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Makes CSV of a JSON answer, without the code of the services. */
final class CsvOfJson {
    private CsvOfJson() {}

    /** @throws IllegalArgumentException if the answer has no rows, because the columns are unknown then */
    static String lines(String json) throws JsonProcessingException {
        List<JsonNode> rows = RowsOfJson.of(json);
        Stream<String> header = Stream.of(
                line(rows.getFirst().properties().stream().map(property -> TextNode.valueOf(property.getKey()))));
        return Stream.concat(header, rows.stream().map(row -> line(StreamSupport.stream(row.spliterator(), false))))
                .collect(Collectors.joining());
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
