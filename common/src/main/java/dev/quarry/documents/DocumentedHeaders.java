package dev.quarry.documents;

import dev.quarry.retention.DataSince;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.Freshness;
import dev.quarry.rollup.WithDataAsOf;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.lang.annotation.Annotation;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.AnnotationTarget;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;

/** Adds {@code X-Data-As-Of} and {@code X-Data-Since} to the OpenAPI document's operations that answer with them. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class DocumentedHeaders implements OASFilter {
    private static final DotName PATH = DotName.createSimple("jakarta.ws.rs.Path");

    private final IndexView index;

    public DocumentedHeaders(IndexView index) {
        this.index = index;
    }

    @Override
    public void filterOpenAPI(OpenAPI document) {
        describe(document, WithDataAsOf.class, Freshness.HEADER, header("date-time", """
                Every event acknowledged before this moment is counted. Absent until something was counted."""));
        describe(document, WithDataSince.class, DataSince.HEADER, header("date", """
                The first day for which the answer is complete: every event from then on is counted. Buckets of \
                earlier days are 0, because their events are not all kept. Absent if it is complete for all days."""));
    }

    private void describe(OpenAPI document, Class<? extends Annotation> annotation, String name, Header header) {
        for (AnnotationInstance found : index.getAnnotations(DotName.createSimple(annotation))) {
            if (found.target().kind() != AnnotationTarget.Kind.CLASS) {
                continue;
            }
            AnnotationInstance path = found.target().asClass().declaredAnnotation(PATH);
            if (path != null) {
                operations(document, path.value().asString())
                        .forEach((_, operation) -> Optional.ofNullable(
                                        operation.getResponses().getAPIResponse("200"))
                                .ifPresent(response -> response.addHeader(name, header)));
            }
        }
    }

    private static Map<PathItem.HttpMethod, Operation> operations(OpenAPI document, String path) {
        PathItem item = document.getPaths() == null ? null : document.getPaths().getPathItem(path);
        return item == null ? Map.of() : item.getOperations();
    }

    private static Header header(String format, String description) {
        return OASFactory.createHeader()
                .description(description)
                .schema(OASFactory.createSchema()
                        .addType(Schema.SchemaType.STRING)
                        .format(format));
    }
}
