import type { Schemas } from "@quarry/client";
import { type Ask, type Panel, ask, column, fixedPanel } from "../panels.js";
import type { State } from "../state.js";

type Health = Schemas["AppsAppAnalyticsResponse"];

function health({ app, hours, tz }: State): Ask<Health>[] {
  return [ask("/v1/apps/{app_id}/analytics", { path: { app_id: app }, query: { hours, tz, ratings: true } })];
}

export const APPS: Panel[] = [
  fixedPanel<Health>({
    id: "health",
    title: "Totals",
    note: "Errors, events and page views in the window.",
    show: "tiles",
    columns: [column("Errors"), column("Errors per minute"), column("Events"), column("Page views")],
    asks: health,
    rows: ([app]) => [[app!.total_errors, app!.error_rate_per_minute, app!.total_events, app!.total_pageviews]],
  }),
  fixedPanel<Health>({
    id: "errors-over-time",
    title: "Errors over time",
    note: "Errors in each bucket of the window.",
    show: "bars",
    columns: [column("Time", "time"), column("Errors")],
    asks: health,
    rows: ([app]) => app!.errors_over_time.map(({ timestamp, count }) => [timestamp, count]),
  }),
  fixedPanel<Health>({
    id: "vitals",
    title: "Web vitals",
    note: "Percentiles in milliseconds (CLS has no unit). The rating is that of the 75th percentile.",
    show: "table",
    columns: [
      column("Vital", "text"),
      column("Rating", "text"),
      column("p50"),
      column("p75"),
      column("p95"),
      column("Samples"),
    ],
    asks: health,
    rows: ([app]) =>
      app!.vitals.map((one) => [one.metric_name, one.rating ?? "not rated", one.p50, one.p75, one.p95, one.sample_count]),
  }),
  fixedPanel<Health>({
    id: "newest-errors",
    title: "Newest errors",
    note: "The newest 20 errors of the window.",
    show: "table",
    columns: [column("Time", "time"), column("Type", "text"), column("Message", "text"), column("Page", "text")],
    asks: health,
    rows: ([app]) => app!.recent_errors.map((one) => [one.timestamp, one.error_type, one.error_message, one.url ?? null]),
  }),
];
