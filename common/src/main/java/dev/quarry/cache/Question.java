package dev.quarry.cache;

import dev.quarry.clickhouse.RetentionView.Spans;
import java.time.LocalDate;

/**
 * Everything that an answer depends on besides the organisation and its data. Equal questions have equal answers.
 *
 * @param path the path of the request, which names the endpoint and what it is about
 * @param parameters a value with all parameters of the endpoint, defaults filled in
 * @param mediaType the form of the answer
 * @param today in UTC; with the retention, it tells which days are still kept
 */
record Question(String path, Object parameters, String mediaType, LocalDate today, Spans retention) {}
