package dev.quarry.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An organisation with data for every route of a service. All text in its data is the organisation's id, so that a leak
 * of any of it is seen.
 *
 * @param ids values of the parameters in paths and headers, such as {@code app_id}, with which a route has data
 */
public record Tenant(TestCaller caller, Map<String, String> ids) {

    /** Nobody else's answer may contain this. It is part of the organisation's id and of its secrets. */
    String mark() {
        return caller.organization().replace("org_", "");
    }

    /** The header with the tenant's key that the served document asks for. */
    Map<String, String> credential() {
        for (JsonNode scheme : Contract.served().document().at("/components/securitySchemes")) {
            if (scheme.path("name").asText().equals("x-api-key")) {
                return Map.of("x-api-key", caller.key());
            }
        }
        return Map.of("Authorization", "Bearer " + caller.key());
    }

    /** A request for the tenant's own data. */
    Request ask(Operation operation) {
        Request request = new Request(operation, Map.of(), Map.of(), credential());
        for (Operation.Parameter parameter : operation.parameters()) {
            boolean isOptional = parameter.in().equals("query") && !parameter.required() && !parameter.isDate();
            if (!isOptional && !values(parameter).isEmpty()) {
                request = request.with(parameter, values(parameter).getFirst());
            }
        }
        return request;
    }

    /** The same, and once more with each value of each parameter. */
    List<Request> questions(Operation operation) {
        Request request = ask(operation);
        List<Request> questions = new ArrayList<>(List.of(request));
        for (Operation.Parameter parameter : operation.parameters()) {
            if (parameter.in().equals("query")) {
                values(parameter).forEach(value -> questions.add(request.with(parameter, value)));
            }
        }
        return questions;
    }

    /** The tenant's own id, or else the values that the document names. */
    List<String> values(Operation.Parameter parameter) {
        return ids.containsKey(parameter.name())
                ? List.of(ids.get(parameter.name()))
                : List.copyOf(parameter.documentedValues());
    }
}
