package dev.quarry.schema;

import java.util.List;

/** The arguments of a program, which Java decodes with the encoding of the locale. */
public final class CommandArguments {
    /** What Java puts in place of bytes that are no text in that encoding. */
    private static final String UNDECODED = "\uFFFD";

    private CommandArguments() {}

    /**
     * Refuses arguments that Java could not decode. Otherwise a program would look for another name than the one that was
     * typed, find nothing, and say so.
     *
     * @throws UsageException if one is not text in the encoding of the locale
     */
    public static void requireDecoded(List<String> arguments) {
        for (String argument : arguments) {
            if (argument.contains(UNDECODED)) {
                throw new UsageException(
                        "\"%s\" is not text in %s, the encoding of the locale: set LC_ALL to a locale with UTF-8, such as C.UTF-8."
                                .formatted(argument, System.getProperty("native.encoding")));
            }
        }
    }
}
