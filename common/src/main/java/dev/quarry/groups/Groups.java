package dev.quarry.groups;

import org.jboss.resteasy.reactive.RestResponse;

/**
 * Lists whose length depends on the data, such as users by country. A list shows only its largest groups; ties are
 * sorted by the bytes of their keys. A header counts the groups that the list leaves out. Shares and totals are of all
 * groups.
 */
public final class Groups {
    /** Maximum and default number of groups in a list. */
    public static final int MOST = 1_000;

    /** A header: how many groups the lists of an answer leave out in all. Absent if they leave out none. */
    public static final String OMITTED = "X-Groups-Omitted";

    /** For OpenAPI documents. */
    public static final String OMITTED_DESCRIPTION =
            "How many groups the answer's lists leave out in all. Absent if they leave out none";

    private Groups() {}

    /** Makes a 200, with the header if the lists leave out any group. */
    public static <T> RestResponse<T> answer(T body, long omitted) {
        var response = RestResponse.ResponseBuilder.ok(body);
        if (omitted > 0) {
            response.header(OMITTED, omitted);
        }
        return response.build();
    }
}
