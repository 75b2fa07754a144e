package dev.quarry.local.samples;

import java.io.IOException;
import java.io.Reader;

/** Converts files of one kind to bronze rows, record by record. */
interface SampleConverter {
    /**
     * Converts all valid records, and counts the others.
     *
     * @throws SampleException if the file is clearly of another kind
     */
    void convert(Reader file, LoadTarget target, Rows rows) throws IOException;
}
