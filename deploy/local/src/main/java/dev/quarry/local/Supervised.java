package dev.quarry.local;

import java.io.IOException;
import java.nio.file.Path;

/** A part of the stack that runs as a process. */
interface Supervised {

    String name();

    /** {@return the current process, or the last one} */
    ProcessHandle process();

    Path log();

    /** Starts it again with the same port and data. */
    void restart() throws IOException, StartException;
}
