package dev.quarry.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Finds the table in a JSON answer, without the code of the services. */
final class RowsOfJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RowsOfJson() {}

    /** @throws IllegalArgumentException if the answer has no rows, because the columns are unknown then */
    static List<JsonNode> of(String json) throws JsonProcessingException {
        List<JsonNode> rows = rows(JSON.readTree(json));
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("There are no rows in " + json);
        }
        return rows;
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
}
