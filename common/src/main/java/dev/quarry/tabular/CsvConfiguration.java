package dev.quarry.tabular;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of answers in CSV. */
@ConfigMapping(prefix = "quarry.csv")
interface CsvConfiguration {

    /**
     * Whether text in CSV that begins with {@code =}, {@code +}, {@code -}, {@code @}, a tab or a carriage return gets an
     * apostrophe before it. Spreadsheets would evaluate such text, and producers of events choose it.
     */
    @WithDefault("true")
    boolean plainText();
}
