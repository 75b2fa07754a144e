package dev.quarry.integrations;

import dev.quarry.tabular.TableFormat;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;

/**
 * Adds the rows of {@code compare=previous} and {@code compare=year} to the OpenAPI document. It runs after
 * {@link dev.quarry.documents.CompleteDocument}, which writes the parameters and examples.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD, priority = 0)
public class PanelDocuments implements OASFilter {
    private static final String SCHEMAS = "#/components/schemas/";

    @Override
    public void filterOpenAPI(OpenAPI document) {
        Map<String, Schema> schemas = new TreeMap<>(document.getComponents().getSchemas());
        for (PathItem path : document.getPaths().getPathItems().values()) {
            Operation operation = path.getGET();
            Content content = operation.getResponses().getAPIResponse("200").getContent();
            var json = content.getMediaType(MediaType.APPLICATION_JSON);
            if (isComparable(operation)) {
                json.setSchema(withComparison(json.getSchema(), schemas));
                for (TableFormat format : TableFormat.values()) {
                    Schema table = content.getMediaType(format.mediaType()).getSchema();
                    table.setDescription(table.getDescription()
                            + ". In compared rows, the names of the earlier window's columns begin with `previous_`");
                }
            }
        }
        document.getComponents().setSchemas(schemas);
    }

    private static boolean isComparable(Operation operation) {
        return operation.getParameters().stream()
                .anyMatch(parameter -> parameter.getName().equals(PanelComparison.NAME)
                        && parameter.getSchema().getEnumeration().contains(PanelComparison.NONE));
    }

    /** Not {@code oneOf}, because an empty list is valid as both. */
    private static Schema withComparison(Schema rows, Map<String, Schema> schemas) {
        String row = rows.getItems().getRef().substring(SCHEMAS.length());
        String compared = "Compared" + schemas.get(row).getTitle();
        schemas.put(compared, compared(row));
        return OASFactory.createSchema()
                .anyOf(List.of(
                        rows.description("Without `compare`, or with `compare=none`"),
                        OASFactory.createSchema()
                                .addType(SchemaType.ARRAY)
                                .items(reference(compared))
                                .description("With `compare=previous` or `compare=year`")));
    }

    private static Schema compared(String row) {
        return OASFactory.createSchema()
                .addType(SchemaType.OBJECT)
                .description("A row and its counterpart in the window that it is compared with")
                .addProperty(
                        "current",
                        nullable(row).description("The row; null if the group has no invocations in this window"))
                .addProperty("previous", nullable(row).description("""
                                The row's counterpart; null if the group has no invocations in the earlier window, the \
                                earlier window has no bucket in this place, or not all invocations of that bucket are \
                                kept"""))
                .required(List.of("current", "previous"));
    }

    private static Schema nullable(String schema) {
        return OASFactory.createSchema()
                .anyOf(List.of(reference(schema), OASFactory.createSchema().addType(SchemaType.NULL)));
    }

    private static Schema reference(String schema) {
        return OASFactory.createSchema().ref(SCHEMAS + schema);
    }
}
