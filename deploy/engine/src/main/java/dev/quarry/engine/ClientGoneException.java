package dev.quarry.engine;

import java.io.IOException;

/** The client disconnected while it sent the request or received the answer. */
final class ClientGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    ClientGoneException(Throwable cause) {
        super("the client disconnected", cause);
    }
}
