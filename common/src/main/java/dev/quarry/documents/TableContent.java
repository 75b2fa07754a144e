package dev.quarry.documents;

import dev.quarry.tabular.TableFormat;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;

/** Describes the tables of the endpoints that produce other formats than JSON. */
final class TableContent {
    private static final String CSV = """
            RFC 4180: a header with the names of the JSON properties, then a line for each row. Null is empty. Text that begins \
            with `=`, `+`, `-`, `@`, a tab or a carriage return has an apostrophe before it, so that spreadsheets do not \
            evaluate it""";

    private static final String ARROW = """
            A stream of Apache Arrow: its schema, batches of rows, and the end. The columns have the names of the JSON \
            properties. Their types depend on the endpoint and its parameters, not on the rows: integers are `int64` or \
            `int32`, other numbers `double`, booleans `bool`, days `date32`, instants `timestamp[ms, UTC]`, and everything \
            else is text, lists and objects as JSON""";

    private TableContent() {}

    /** Call it after {@link Examples}: the example of CSV is that of JSON. */
    static void describe(Endpoint endpoint) {
        for (TableFormat format : TableFormat.values()) {
            if (isProduced(endpoint, format)) {
                describe(endpoint, format);
            }
        }
    }

    private static void describe(Endpoint endpoint, TableFormat format) {
        Content content = endpoint.success()
                .orElseThrow(() -> new IllegalStateException(endpoint.path() + " has no documented answer"))
                .getContent();
        Object example = content.getMediaType(MediaType.APPLICATION_JSON).getExample();
        Schema text = OASFactory.createSchema().addType(SchemaType.STRING);
        var described = OASFactory.createMediaType();
        content.addMediaType(
                format.mediaType(),
                switch (format) {
                    case CSV -> described.schema(text.description(CSV)).example(lines(rows(example)));
                    case ARROW -> described.schema(text.format("binary").description(ARROW));
                });
    }

    private static boolean isProduced(Endpoint endpoint, TableFormat format) {
        return endpoint.annotation(Produces.class)
                .map(produces -> Arrays.asList(produces.value().asStringArray()))
                .orElse(List.of())
                .contains(format.mediaType());
    }

    /** The answer itself, or its first list of objects; an answer without one is a row. */
    private static List<?> rows(Object example) {
        if (example instanceof Map<?, ?> answer) {
            return answer.values().stream()
                    .filter(List.class::isInstance)
                    .map(List.class::cast)
                    .findFirst()
                    .orElse(List.of(answer));
        }
        return (List<?>) example;
    }

    /** The header and the first row. */
    private static String lines(List<?> rows) {
        Map<?, ?> row = (Map<?, ?>) rows.getFirst();
        return line(row.keySet()) + line(row.values());
    }

    private static String line(Iterable<?> fields) {
        StringBuilder line = new StringBuilder();
        fields.forEach(field -> line.append(line.isEmpty() ? "" : ",").append(field == null ? "" : field));
        return line.append("\r\n").toString();
    }
}
