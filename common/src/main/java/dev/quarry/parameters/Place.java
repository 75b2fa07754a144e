package dev.quarry.parameters;

import java.util.Locale;

/** The part of a request that holds a parameter. */
public enum Place {
    PATH,
    QUERY,
    HEADER;

    /** The name in violations and OpenAPI documents. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
