package dev.quarry.documents;

import dev.quarry.groups.GroupLimit;
import dev.quarry.groups.Groups;
import dev.quarry.retention.DataSince;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.Freshness;
import dev.quarry.rollup.WithDataAsOf;
import java.math.BigDecimal;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** Describes the headers of responses. */
final class ResponseHeaders {
    private static final String ETAG = "ETag";

    private ResponseHeaders() {}

    /** Adds the headers that describe data. Only responses with status 200 have them. */
    static void describe(Endpoint endpoint) {
        APIResponse response = endpoint.success()
                .orElseThrow(() -> new IllegalStateException(endpoint.path() + " has no response with status 200"));
        if (endpoint.has(WithDataAsOf.class)) {
            response.addHeader(Freshness.HEADER, text("date-time", """
                    Every event acknowledged before this moment is counted. Absent until something was counted."""));
            response.addHeader(ETAG, text(null, """
                    Identifies the answer. Send it as `If-None-Match` next time. Absent from answers of more than 1,000 \
                    buckets."""));
            APIResponse unchanged = OASFactory.createAPIResponse()
                    .description("The answer is the one that `If-None-Match` names")
                    .addHeader(ETAG, text(null, "Identifies the answer."));
            addCommon(unchanged);
            endpoint.operation().getResponses().addAPIResponse("304", unchanged);
        }
        if (endpoint.has(WithDataSince.class)) {
            response.addHeader(DataSince.HEADER, text("date", """
                    The first day for which the answer is complete: every event from then on is counted. Buckets of \
                    earlier days are 0, because their events are not all kept. Absent if it is complete for all days."""));
        }
        if (endpoint.bean().filter(bean -> bean.contains(GroupLimit.class)).isPresent()) {
            response.addHeader(Groups.OMITTED, integer(Groups.OMITTED_DESCRIPTION, 1));
        }
        addCommon(response);
    }

    /** Adds the headers that every response to an authenticated request has. */
    static void addCommon(APIResponse response) {
        response.addHeader("X-Request-Id", text(null, """
                The id of the request in our logs: the one that the request sent, or a new one."""));
        response.addHeader("Server-Timing", text(null, """
                Milliseconds that the request took in the engine and in total."""));
        response.addHeader("RateLimit-Policy", text(null, """
                The number of requests (`q`) that a credential may make in a window of `w` seconds. Absent without a \
                rate limit."""));
        response.addHeader("RateLimit", text(null, """
                The number of requests (`r`) left in the window, which ends in `t` seconds. Absent without a rate \
                limit."""));
    }

    static Header retryAfter() {
        return integer("Seconds to wait before the next attempt", 1);
    }

    static Header text(String format, String description) {
        return OASFactory.createHeader()
                .description(description)
                .schema(OASFactory.createSchema().addType(SchemaType.STRING).format(format));
    }

    private static Header integer(String description, int minimum) {
        return OASFactory.createHeader()
                .description(description)
                .schema(OASFactory.createSchema().addType(SchemaType.INTEGER).minimum(BigDecimal.valueOf(minimum)));
    }
}
