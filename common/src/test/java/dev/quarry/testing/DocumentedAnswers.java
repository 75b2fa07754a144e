package dev.quarry.testing;

import io.quarkus.test.junit.callback.QuarkusTestBeforeEachCallback;
import io.quarkus.test.junit.callback.QuarkusTestMethodContext;
import io.restassured.RestAssured;
import io.restassured.builder.ResponseBuilder;
import io.restassured.filter.Filter;
import io.restassured.filter.FilterContext;
import io.restassured.response.Response;
import io.restassured.specification.FilterableRequestSpecification;
import io.restassured.specification.FilterableResponseSpecification;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Validates, in every test of a service, each answer to a GET of a documented path against the service's OpenAPI
 * document: status, media type and body. It leaves out streams of events, because they do not end. Quarkus finds this
 * class by its entry in {@code META-INF/services}.
 */
public final class DocumentedAnswers implements QuarkusTestBeforeEachCallback, Filter {

    @Override
    public void beforeEach(QuarkusTestMethodContext context) {
        RestAssured.replaceFiltersWith(List.of(this));
    }

    @Override
    public Response filter(
            FilterableRequestSpecification request,
            FilterableResponseSpecification expectations,
            FilterContext context) {
        Response response = context.next(request, expectations);
        String path = path(request.getURI());
        if (!request.getMethod().equals("GET") || !path.startsWith("/v1/")) {
            return response;
        }
        Contract served = Contract.served();
        String documented = served.path(path).orElse(null);
        String mediaType = mediaType(Objects.requireNonNullElse(response.contentType(), ""));
        if (documented == null || mediaType.equals(MediaType.SERVER_SENT_EVENTS)) {
            return response;
        }
        byte[] body = response.asByteArray();
        served.checkResponse(documented, response.statusCode(), mediaType, new String(body, StandardCharsets.UTF_8));
        // The body was read, and the test reads it once more.
        return new ResponseBuilder().clone(response).setBody(body).build();
    }

    private static String path(String uri) {
        return uri.replaceFirst("\\A[a-z]+://[^/?#]*", "").replaceFirst("[?#].*", "");
    }

    private static String mediaType(String contentType) {
        return contentType.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
    }
}
