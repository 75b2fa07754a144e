package dev.quarry.engine;

import java.io.IOException;

/** Nobody is there any more to send the request or to take the answer. */
final class ClientGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    ClientGoneException(Throwable cause) {
        super("the client went away", cause);
    }
}
