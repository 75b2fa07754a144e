package dev.quarry.integrations;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of this service's answers. */
@ConfigMapping(prefix = "quarry.integrations")
public interface IntegrationsConfiguration {

    /**
     * Whether text in CSV that begins with {@code =}, {@code +}, {@code -}, {@code @}, a tab or a carriage return gets an
     * apostrophe before it. Spreadsheets would evaluate such text, and names of integrations come from events.
     */
    @WithDefault("true")
    boolean csvPlainText();
}
