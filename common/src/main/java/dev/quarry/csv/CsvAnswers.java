package dev.quarry.csv;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ser.PropertyWriter;
import dev.quarry.request.RequestContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Variant;
import java.util.ArrayList;
import java.util.List;

/** Tells whether a client wants CSV, and makes CSV of an answer's table. */
@ApplicationScoped
public class CsvAnswers {
    private static final List<Variant> VARIANTS = Variant.mediaTypes(
                    MediaType.APPLICATION_JSON_TYPE, MediaType.valueOf(Csv.MEDIA_TYPE))
            .build();

    private final Request request;
    private final HttpHeaders headers;
    private final ObjectMapper json;
    private final boolean plainText;

    CsvAnswers(Request request, HttpHeaders headers, ObjectMapper json, CsvConfiguration configuration) {
        this.request = request;
        this.headers = headers;
        this.json = json;
        this.plainText = configuration.plainText();
    }

    /** Whether the client of the current request prefers CSV to JSON. */
    public boolean isWanted() {
        if (RequestContext.current().isEmpty()) {
            return false;
        }
        List<String> accepted = headers.getRequestHeader(HttpHeaders.ACCEPT);
        if (accepted.isEmpty() || accepted.stream().noneMatch(CsvAnswers::mayMeanCsv)) {
            return false;
        }
        Variant chosen = request.selectVariant(VARIANTS);
        return chosen != null && chosen.getMediaType().isCompatible(MediaType.valueOf(Csv.MEDIA_TYPE));
    }

    /** Tells quickly that most requests, which accept JSON or anything, want no CSV. */
    private static boolean mayMeanCsv(String accepted) {
        return !accepted.equals(MediaType.WILDCARD) && !accepted.equals(MediaType.APPLICATION_JSON);
    }

    public <R> Csv<R> of(List<R> rows, List<Column<R>> columns) {
        return new Csv<>(rows, columns, plainText);
    }

    /** A column has the same values as the JSON property. An object or a list in a row is JSON in its field. */
    public Csv<?> of(Table<?> table) {
        List<Column<JsonNode>> columns = new ArrayList<>();
        for (String name : properties(table.type())) {
            columns.add(new Column<>(name, row -> value(row.get(name))));
        }
        return of(table.rows().stream().<JsonNode>map(json::valueToTree).toList(), columns);
    }

    private List<String> properties(Class<?> type) {
        List<String> names = new ArrayList<>();
        try {
            json.getSerializerProviderInstance()
                    .findValueSerializer(type)
                    .properties()
                    .forEachRemaining((PropertyWriter property) -> names.add(property.getName()));
        } catch (JsonMappingException unserialisable) {
            throw new IllegalStateException(unserialisable);
        }
        return names;
    }

    private static Object value(JsonNode value) {
        if (value == null || value.isNull()) {
            return null;
        }
        if (value.isNumber()) {
            return value.numberValue();
        }
        return value.isTextual() ? value.textValue() : value.toString();
    }
}
