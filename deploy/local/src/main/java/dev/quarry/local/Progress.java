package dev.quarry.local;

import java.io.PrintStream;
import java.util.List;

/** What the person at the terminal is told. What matters goes to standard output, what went wrong to standard error. */
record Progress(PrintStream out, PrintStream err) {

    void say(String line) {
        out.println(line);
    }

    /** A part that is ready. */
    void ready(String part, String where) {
        out.printf("  %-30s %s%n", part, where);
    }

    void warn(String line) {
        err.println("quarry: " + line);
    }

    void quote(List<String> lines) {
        lines.forEach(line -> err.println("    " + line));
    }
}
