package dev.quarry.local.samples;

import java.io.IOException;
import java.io.Reader;

/** Turns files of one kind into bronze rows, record by record. */
interface SampleConverter {
    /**
     * Converts all that can be understood and counts what cannot, whatever the file holds.
     *
     * @throws SampleException when it is plainly not a file of this kind
     */
    void convert(Reader file, LoadTarget target, Rows rows) throws IOException;
}
