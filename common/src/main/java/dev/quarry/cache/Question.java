package dev.quarry.cache;

import dev.quarry.clickhouse.RetentionView.Spans;
import dev.quarry.tabular.TableFormat;
import java.time.LocalDate;
import java.util.Optional;

/**
 * Everything that an answer depends on besides the organisation and its data. Equal questions have equal answers.
 *
 * @param path the path of the request, which names the endpoint and what it is about
 * @param parameters a value with all parameters of the endpoint, defaults filled in
 * @param format the form of the answer; empty for JSON
 * @param today in UTC; with the retention, it tells which days are still kept
 */
record Question(String path, Object parameters, Optional<TableFormat> format, LocalDate today, Spans retention) {

    /** Size of the texts in bytes, at most: a client chooses them, up to the length of a URL. */
    int size() {
        return Character.BYTES * (path.length() + parameters.toString().length());
    }
}
