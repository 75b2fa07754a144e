package dev.quarry.local;

import java.io.IOException;
import java.nio.file.Path;

/** A part of the stack that is a process of its own. */
interface Supervised {

    String name();

    /** The process as it runs now, or ran last. */
    ProcessHandle process();

    Path log();

    /** Starts it again as it was: same port, same data. */
    void restart() throws IOException, StartException;
}
