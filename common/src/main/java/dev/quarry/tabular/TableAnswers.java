package dev.quarry.tabular;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.PropertyWriter;
import dev.quarry.request.RequestContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Tells which format a client wants, as {@link FormatChoice} says, and encodes an answer's table. */
@ApplicationScoped
public class TableAnswers {
    private final HttpHeaders headers;
    private final ObjectMapper json;
    private final boolean plainText;

    TableAnswers(HttpHeaders headers, ObjectMapper json, CsvConfiguration configuration) {
        this.headers = headers;
        this.json = json;
        this.plainText = configuration.plainText();
    }

    /** The format that the client of the current request prefers to JSON; empty if it prefers JSON. */
    public Optional<TableFormat> wanted() {
        if (RequestContext.current().isEmpty()) {
            return Optional.empty();
        }
        List<String> accepted = headers.getRequestHeader(HttpHeaders.ACCEPT);
        return Arrays.stream(TableFormat.values())
                .filter(format -> accepted.contains(format.acceptHeader()))
                .findFirst();
    }

    public <R> EncodedTable encode(TableFormat format, Table<R> table) {
        return encode(format, table.rows(), columns(table.type()));
    }

    public <R> EncodedTable encode(TableFormat format, List<R> rows, List<Column<R>> columns) {
        return switch (format) {
            case CSV -> new Csv<>(rows, columns, plainText);
            case ARROW -> new ArrowTable<>(rows, columns);
        };
    }

    /** The JSON properties of a type of rows, with the same values. An object or a list in a row is JSON in a text. */
    public <R> List<Column<R>> columns(Class<R> type) {
        List<Column<R>> columns = new ArrayList<>();
        try {
            json.getSerializerProviderInstance()
                    .findValueSerializer(type)
                    .properties()
                    .forEachRemaining((PropertyWriter property) -> columns.add(column((BeanPropertyWriter) property)));
        } catch (JsonMappingException unserialisable) {
            throw new IllegalStateException(unserialisable);
        }
        return columns;
    }

    private <R> Column<R> column(BeanPropertyWriter property) {
        Class<?> type = property.getAnnotation(Timestamp.class) == null
                ? property.getType().getRawClass()
                : Instant.class;
        return new Column<>(property.getName(), type, row -> plain(value(property, row)));
    }

    private static Object value(BeanPropertyWriter property, Object row) {
        try {
            return property.get(row);
        } catch (Exception unreadable) {
            throw new IllegalStateException("Cannot read " + property, unreadable);
        }
    }

    private Object plain(Object value) {
        return switch (value) {
            case null -> null;
            case String text -> text;
            case Number number -> number;
            case Boolean truth -> truth;
            case Instant instant -> instant;
            case LocalDate day -> day;
            case Object structured -> {
                JsonNode node = json.valueToTree(structured);
                yield node.isTextual() ? node.textValue() : node.toString();
            }
        };
    }
}
