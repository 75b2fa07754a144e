package dev.quarry.error;

/** The client went away before it had its answer. Work for it ends; nobody sees the failure. */
public final class AbandonedException extends FailureException {
    private static final long serialVersionUID = 1;

    public AbandonedException() {
        // The status by which proxies log such requests.
        super(new Failure.Malformed(499, "The client closed the connection"));
    }
}
