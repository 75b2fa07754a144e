package dev.quarry.apps.logs;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.quarry.apps.logs.LogEntry.RequestEntry;
import dev.quarry.apps.logs.LogEntry.RuntimeEntry;
import dev.quarry.tabular.Table;
import dev.quarry.tabular.Tabular;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A page of one of an app's logs, newest entries first. */
@Schema(name = "AppLogsResponse", title = "AppLogsResponse")
public record LogsPage(
        @Schema(required = true, title = "App Id", description = "Id of the app") @JsonProperty("app_id")
        String app,

        @Schema(required = true, title = "Log Type", description = "`runtime` or `requests`") @JsonProperty("log_type")
        String logType,

        @Schema(required = true, title = "Entries", description = "At most `limit` entries, newest first")
        List<LogEntry> entries)
        implements Tabular {

    @Override
    public Table<?> table() {
        return logType.equals(LogType.RUNTIME.wireName()) ? table(RuntimeEntry.class) : table(RequestEntry.class);
    }

    private <E extends LogEntry> Table<E> table(Class<E> type) {
        return new Table<>(type, entries.stream().map(type::cast).toList());
    }
}
