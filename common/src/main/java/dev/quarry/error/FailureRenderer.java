package dev.quarry.error;

/**
 * How a family tells a failure: each service provides one bean. It decides the body's published shape and, where the
 * published API says so, another status; headers ({@code Retry-After}, {@code Allow}) are the same for all.
 */
public interface FailureRenderer {

    /** The status on the wire, for families whose documents give a failure another one than HTTP's custom. */
    default int status(Failure failure) {
        return failure.status();
    }

    /**
     * The JSON body. Its type must be registered for reflection, since no resource method names it.
     *
     * @param requestId the id that the log knows the request by
     */
    Object body(Failure failure, String requestId);
}
