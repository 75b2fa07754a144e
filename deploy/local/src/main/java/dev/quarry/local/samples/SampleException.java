package dev.quarry.local.samples;

/** A file could not be loaded. The message is one sentence for the user. */
public final class SampleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SampleException(String message) {
        super(message);
    }

    public SampleException(String message, Throwable cause) {
        super(message, cause);
    }
}
