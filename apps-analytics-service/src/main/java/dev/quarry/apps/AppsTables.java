package dev.quarry.apps;

import dev.quarry.clickhouse.TenantTables;
import jakarta.inject.Singleton;

/** The tables that this service reads for requests. */
@Singleton
class AppsTables extends TenantTables {
    AppsTables() {
        super(
                "app_counts",
                "app_vital_bins",
                "app_vital_histograms",
                "canvas_app_events",
                "canvas_app_logs",
                "canvas_app_problems",
                "canvas_errors",
                "canvas_request_logs",
                "canvas_vitals");
    }
}
