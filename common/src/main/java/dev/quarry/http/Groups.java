package dev.quarry.http;

import org.jboss.resteasy.reactive.RestResponse;

/**
 * Lists whose length follows from the data, such as users by country. A list shows its largest groups only, equally large
 * ones in the order of their keys' bytes, and a header counts the groups that it leaves out. Shares and totals are of all
 * groups.
 */
public final class Groups {
    /** How many groups a list shows at most, and how many unless the request says otherwise. */
    public static final int MOST = 1_000;

    /** How many groups the lists of an answer leave out, added up. Absent if they leave out none. */
    public static final String OMITTED = "X-Groups-Omitted";

    /** For OpenAPI documents. */
    public static final String LIMIT_DESCRIPTION =
            "Extension: how many groups a list shows at most, the largest first. Shares stay shares of all groups";

    /** For OpenAPI documents. */
    public static final String OMITTED_DESCRIPTION =
            "How many groups the lists of the answer leave out, added up. Absent if they leave out none";

    private Groups() {}

    /** The parameter {@code limit}: 1 to {@link #MOST}. */
    public static Parameter<Integer> limit(Parameters parameters) {
        return parameters.query("limit").integer(1, MOST).orElse(MOST);
    }

    /** A good answer, with the header if its lists leave out any group. */
    public static <T> RestResponse<T> answer(T body, long omitted) {
        var response = RestResponse.ResponseBuilder.ok(body);
        if (omitted > 0) {
            response.header(OMITTED, omitted);
        }
        return response.build();
    }
}
