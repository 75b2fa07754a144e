package dev.quarry.clickhouse;

import dev.quarry.time.Window;

/** Binds windows to queries, under the same parameter names everywhere. */
public final class WindowBinding {
    private WindowBinding() {}

    /** Binds {@code {start:DateTime64(3, 'UTC')}}, inclusive, and {@code {end:DateTime64(3, 'UTC')}}, exclusive. */
    public static Query instants(Query query, Window window) {
        return query.bind("start", window.start()).bind("end", window.end());
    }

    /** Binds {@code {from:Date}}, inclusive, and {@code {until:Date}}, exclusive. */
    public static Query days(Query query, Window window) {
        return query.bind("from", window.from()).bind("until", window.to().plusDays(1));
    }
}
