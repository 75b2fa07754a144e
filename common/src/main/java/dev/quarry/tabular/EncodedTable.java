package dev.quarry.tabular;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.stream.Stream;

/** A table in one of the formats. It is made part by part, so that a large one needs little memory. */
public sealed interface EncodedTable permits Csv, ArrowTable {
    TableFormat format();

    /** Makes the parts of the body, in order, each when it is asked for. Each call makes the same parts. */
    Stream<byte[]> parts();

    /** Number of bytes of all parts. They are made to be counted. */
    default long length() {
        return parts().mapToLong(part -> part.length).sum();
    }

    default byte[] bytes() {
        var bytes = new ByteArrayOutputStream();
        parts().forEachOrdered(bytes::writeBytes);
        return bytes.toByteArray();
    }

    default void write(OutputStream out) throws IOException {
        for (Iterator<byte[]> parts = parts().iterator(); parts.hasNext(); ) {
            out.write(parts.next());
        }
    }
}
