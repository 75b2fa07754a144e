package dev.quarry.documents;

import dev.quarry.caller.Mechanism;
import dev.quarry.error.Failure;
import dev.quarry.error.Violation;
import dev.quarry.parameters.ParameterDefinition;
import dev.quarry.parameters.Place;
import dev.quarry.request.FailureMapper;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.UnauthorizedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.media.MediaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;

/** Writes into each operation its possible failures: status, meaning, schema, headers and an example. */
final class Failures {
    private static final String JSON = "application/json";
    private static final Duration WINDOW = Duration.ofSeconds(42);
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** A failure with a name and its meaning for the client. */
    private record Possible(String name, String meaning, Failure failure) {}

    private final FamilyFailures family;

    Failures(FamilyFailures family) {
        this.family = family;
    }

    void describe(Endpoint endpoint, Security security) {
        Map<String, List<Possible>> byStatus = possible(endpoint, security.mechanisms()).stream()
                .collect(Collectors.groupingBy(one -> family.status(one.failure())));
        APIResponses responses = endpoint.operation().getResponses();
        byStatus.keySet().stream().sorted().forEach(status -> {
            APIResponse response =
                    Optional.ofNullable(responses.getAPIResponse(status)).orElseGet(OASFactory::createAPIResponse);
            describe(response, byStatus.get(status));
            if (status.equals("401")) {
                response.addHeader("WWW-Authenticate", security.challenge());
            }
            responses.removeAPIResponse(status);
            responses.addAPIResponse(status, response);
        });
    }

    private void describe(APIResponse response, List<Possible> failures) {
        if (response.getDescription() == null) {
            response.setDescription(failures.stream().map(Possible::meaning).collect(Collectors.joining(". ")));
        }
        if (response.getContent() == null) {
            response.setContent(OASFactory.createContent());
        }
        MediaType body = response.getContent().getMediaType(JSON);
        if (body == null) {
            body = OASFactory.createMediaType()
                    .schema(OASFactory.createSchema()
                            .ref(family.schema(failures.getFirst().failure())));
            response.getContent().addMediaType(JSON, body);
        }
        if (body.getExample() == null && body.getExamples() == null) {
            addExamples(body, failures);
        }
        ResponseHeaders.addCommon(response);
        if (failures.stream().anyMatch(one -> isRetried(one.failure()))) {
            response.addHeader("Retry-After", ResponseHeaders.retryAfter());
        }
    }

    private void addExamples(MediaType body, List<Possible> failures) {
        failures.forEach(one -> body.addExample(
                one.name(), OASFactory.createExample().summary(one.meaning()).value(family.example(one.failure()))));
    }

    private static List<Possible> possible(Endpoint endpoint, List<Mechanism> mechanisms) {
        List<Possible> failures = new ArrayList<>();
        endpoint.parameters().stream()
                .map(ParameterDefinition::exampleViolation)
                .flatMap(Optional::stream)
                // A number out of its bounds is the clearest example.
                .max(Comparator.<Violation, Boolean>comparing(
                                violation -> violation.ctx().containsKey("ge"))
                        .thenComparing(violation -> violation.input() != null))
                // FastAPI documents the failure for every operation with parameters, even if each text is valid.
                .or(() -> endpoint.parameters().stream().findFirst().map(ParameterDefinition::missing))
                .ifPresent(violation -> failures.add(
                        new Possible("invalid", "A parameter is invalid", new Failure.Invalid(List.of(violation)))));
        failures.add(new Possible(
                "malformed",
                "The URL is malformed",
                new Failure.Malformed(400, "The URL is not properly percent-encoded")));
        failures.add(new Possible("tooLarge", "The request asks for too much data", new Failure.QueryTooLarge()));
        if (endpoint.has(PermissionsAllowed.class)) {
            failures.add(new Possible(
                    "unauthenticated",
                    "The credential is missing, unknown, expired or revoked",
                    FailureMapper.failureOf(new UnauthorizedException(), mechanisms)));
            failures.add(new Possible(
                    "forbidden",
                    "The credential does not have the permission",
                    FailureMapper.failureOf(new ForbiddenException(), mechanisms)));
        }
        lastResource(endpoint)
                .ifPresent(resource -> failures.add(new Possible(
                        "notFound",
                        "The caller's organization has no such resource",
                        new Failure.NotFound(resource, resource + "_1"))));
        failures.add(new Possible(
                "rateLimited", "The credential made too many requests", new Failure.TooManyRequests(WINDOW)));
        failures.add(new Possible("internal", "An unexpected error", new Failure.Internal()));
        failures.add(new Possible(
                "overloaded", "The engine or the service has too much to do", new Failure.Overloaded(SECOND)));
        failures.add(new Possible(
                "unreachable",
                "A data store cannot be reached",
                new Failure.Unreachable(Failure.Store.CLICKHOUSE, SECOND)));
        failures.add(new Possible(
                "timeout", "The engine did not answer in time", new Failure.TimedOut(Failure.Store.CLICKHOUSE)));
        return failures;
    }

    /** The type of the resource that the last parameter of the path identifies, such as {@code app}. */
    private static Optional<String> lastResource(Endpoint endpoint) {
        return endpoint.parameters().stream()
                .filter(parameter -> parameter.declaration().in() == Place.PATH)
                .reduce((_, last) -> last)
                .map(ParameterDefinition::component);
    }

    private static boolean isRetried(Failure failure) {
        return failure instanceof Failure.TooManyRequests
                || failure instanceof Failure.Overloaded
                || failure instanceof Failure.Unreachable;
    }
}
