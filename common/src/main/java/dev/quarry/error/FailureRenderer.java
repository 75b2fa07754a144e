package dev.quarry.error;

/**
 * Renders failures in the format of a family. Each service has one bean of it. It decides the format of the body and,
 * if the published API demands it, another status. The headers {@code Retry-After} and {@code Allow} are the same for
 * all families.
 */
public interface FailureRenderer {

    /** The status of the response, for families whose documents publish another status than the usual one. */
    default int status(Failure failure) {
        return failure.status();
    }

    /**
     * The JSON body. Its type must be registered for reflection, because no resource method returns it.
     *
     * @param requestId the request id, as in the log
     */
    Object body(Failure failure, String requestId);
}
