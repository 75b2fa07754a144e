package dev.quarry.local;

import java.io.PrintStream;
import java.util.List;

/** Prints messages for the user: progress to standard output, failures to standard error. */
record Progress(PrintStream out, PrintStream err) {

    void say(String line) {
        out.println(line);
    }

    /** Reports a ready part. */
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
