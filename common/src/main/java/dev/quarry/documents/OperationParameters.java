package dev.quarry.documents;

import dev.quarry.parameters.ParameterDefinition;
import dev.quarry.parameters.Place;
import dev.quarry.rollup.WithDataAsOf;
import dev.quarry.time.DateTime;
import jakarta.ws.rs.core.HttpHeaders;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;

/** Writes the declared parameters of an endpoint into its operation. */
final class OperationParameters {
    private OperationParameters() {}

    static void describe(Endpoint endpoint) {
        if (endpoint.bean().isPresent()) {
            Stream<Parameter> declared = endpoint.parameters().stream().map(OperationParameters::parameter);
            Stream<Parameter> added = endpoint.has(WithDataAsOf.class) ? Stream.of(ifNoneMatch()) : Stream.empty();
            endpoint.operation().setParameters(Stream.concat(declared, added).toList());
        }
    }

    /** No record has it, because the filter of all answers that have an {@code ETag} reads it. */
    private static Parameter ifNoneMatch() {
        return OASFactory.createParameter()
                .name(HttpHeaders.IF_NONE_MATCH)
                .in(Parameter.In.HEADER)
                .description(
                        "The `ETag` of an earlier answer to the same request. If that is still the answer, the status is"
                                + " 304, without a body")
                .schema(OASFactory.createSchema().addType(SchemaType.STRING))
                .example("\"n4bQgYhMfWWaL-qgxVrQFA\"");
    }

    private static Parameter parameter(ParameterDefinition definition) {
        dev.quarry.parameters.Parameter declaration = definition.declaration();
        Parameter parameter = OASFactory.createParameter()
                .name(definition.name())
                .in(Parameter.In.valueOf(declaration.in().name()))
                .description(declaration.description())
                .schema(schema(definition));
        if (definition.isRequired() || declaration.in() == Place.PATH) {
            parameter.required(true);
        }
        if (!declaration.example().isEmpty()) {
            parameter.example(value(definition, declaration.example()));
        }
        return parameter;
    }

    private static Schema schema(ParameterDefinition definition) {
        dev.quarry.parameters.Parameter declaration = definition.declaration();
        Schema typed = typed(definition);
        Schema schema = declaration.nullable()
                ? OASFactory.createSchema()
                        .anyOf(List.of(typed, OASFactory.createSchema().addType(SchemaType.NULL)))
                : typed;
        if (!declaration.title().isEmpty()) {
            schema.title(declaration.title()).description(declaration.description());
        }
        definition.documentedDefault().ifPresent(text -> schema.defaultValue(value(definition, text)));
        return schema;
    }

    private static Schema typed(ParameterDefinition definition) {
        dev.quarry.parameters.Parameter declaration = definition.declaration();
        Schema schema = OASFactory.createSchema();
        if (isInteger(definition)) {
            schema.addType(SchemaType.INTEGER);
            if (declaration.minimum() != Integer.MIN_VALUE) {
                schema.minimum(BigDecimal.valueOf(declaration.minimum()));
            }
            if (declaration.maximum() != Integer.MAX_VALUE) {
                schema.maximum(BigDecimal.valueOf(declaration.maximum()));
            }
            return schema;
        }
        if (isFlag(definition)) {
            return schema.addType(SchemaType.BOOLEAN);
        }
        schema.addType(SchemaType.STRING);
        if (definition.type() == LocalDate.class) {
            return schema.format("date");
        }
        // A time may lack its offset from UTC, and then is no `date-time`, which generated clients insist on.
        if (definition.type() == DateTime.class || definition.type() == ZoneId.class) {
            return schema;
        }
        if (!declaration.pattern().isEmpty()) {
            return schema.pattern(declaration.pattern());
        }
        definition.values().forEach(schema::addEnumeration);
        if (declaration.minimumLength() > 0) {
            schema.minLength(declaration.minimumLength());
        }
        if (declaration.maximumLength() < Integer.MAX_VALUE) {
            schema.maxLength(declaration.maximumLength());
        }
        return schema;
    }

    /** The value as the document shows it. */
    private static Object value(ParameterDefinition definition, String text) {
        if (isInteger(definition)) {
            return Integer.valueOf(text);
        }
        return isFlag(definition) ? (Object) Boolean.valueOf(text.toLowerCase(Locale.ROOT)) : text;
    }

    private static boolean isInteger(ParameterDefinition definition) {
        return definition.type() == int.class || definition.type() == Integer.class;
    }

    private static boolean isFlag(ParameterDefinition definition) {
        return definition.type() == boolean.class || definition.type() == Boolean.class;
    }
}
