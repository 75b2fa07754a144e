import type { Schemas } from "@quarry/client";
import { type Ask, MOST_GROUPS, type Panel, type Row, ask, column, fixedPanel } from "../panels.js";
import { type State, daysBetween } from "../state.js";

type Envelope = Schemas["IntegrationsDashboardEnvelope"];

/** One request for all panels, so that they agree. */
function envelope({ from, to, tz }: State): Ask<Envelope>[] {
  const granularity = daysBetween(from, to) <= 2 ? "hour" : "day";
  return [
    ask("/v1/analytics/integrations/dashboard", {
      query: { start_date: from, end_date: to, tz, granularity, limit: MOST_GROUPS },
    }),
  ];
}

const GROUP_COLUMNS = [
  column("Calls"),
  column("Successful"),
  column("Vendor errors"),
  column("Exceptions"),
  column("Success", "percent"),
  column("p95", "milliseconds"),
];

export const INTEGRATIONS: Panel[] = [
  fixedPanel<Envelope>({
    id: "summary",
    title: "This period against the last",
    note: "The last period is as long as this one and ends the day before.",
    show: "table",
    columns: [column("Measure", "text"), column("This period"), column("Last period"), column("Change", "percent")],
    asks: envelope,
    rows: ([answer]) =>
      answer!.summary.flatMap((one) => [
        ["Calls", one.current_invocations, one.previous_invocations, one.pct_change_invocations],
        ["Failures", one.current_failures, one.previous_failures, one.pct_change_failures],
        ["Success in %", one.current_success_rate_pct, one.previous_success_rate_pct, one.pct_change_success_rate_pct],
        ["Average latency in ms", one.current_avg_latency_ms, one.previous_avg_latency_ms, one.pct_change_avg_latency_ms],
        ["p95 latency in ms", one.current_p95_latency_ms, one.previous_p95_latency_ms, one.pct_change_p95_latency_ms],
      ].map((row) => row.map((cell) => cell ?? null))),
  }),
  fixedPanel<Envelope>({
    id: "usage",
    title: "Calls by outcome",
    note: "How the calls of integrations ended.",
    show: "stack",
    columns: [column("Time", "time"), column("Successful"), column("Vendor errors"), column("Exceptions")],
    asks: envelope,
    rows: ([answer]) => answer!.usage.map((one) => [one.time_bucket, one.successful, one.vendor_errors, one.exceptions]),
  }),
  fixedPanel<Envelope>({
    id: "success-rate",
    title: "Success rate",
    note: "Successful calls in percent of all; 0 without calls.",
    show: "line",
    columns: [column("Time", "time"), column("Success", "percent")],
    asks: envelope,
    rows: ([answer]) => answer!.success_rate.map((one) => [one.time_bucket, one.success_rate_pct]),
  }),
  fixedPanel<Envelope>({
    id: "latency",
    title: "Latency",
    note: "Percentiles of the latency, failures included.",
    show: "line",
    columns: [
      column("Time", "time"),
      column("p50", "milliseconds"),
      column("p90", "milliseconds"),
      column("p95", "milliseconds"),
      column("p99", "milliseconds"),
    ],
    asks: envelope,
    rows: ([answer]) => answer!.latency.map((one) => [one.time_bucket, one.p50_ms, one.p90_ms, one.p95_ms, one.p99_ms]),
  }),
  fixedPanel<Envelope>({
    id: "by-integration",
    title: "By integration",
    note: "The busiest integrations.",
    show: "table",
    columns: [column("Integration", "text"), ...GROUP_COLUMNS],
    asks: envelope,
    rows: ([answer]) => answer!.by_integration.map((one) => [one.integration_key, ...group(one)]),
  }),
  fixedPanel<Envelope>({
    id: "by-mode",
    title: "By mode",
    note: "The busiest modes.",
    show: "table",
    columns: [column("Mode", "text"), ...GROUP_COLUMNS],
    asks: envelope,
    rows: ([answer]) => answer!.by_mode.map((one) => [one.mode, ...group(one)]),
  }),
  fixedPanel<Envelope>({
    id: "errors",
    title: "Errors",
    note: "The most frequent categories of failures.",
    show: "table",
    columns: [column("Category", "text"), column("Failures"), column("Share", "percent")],
    asks: envelope,
    rows: ([answer]) => answer!.error_breakdown.map((one) => [one.error_category, one.count, one.share_pct]),
  }),
];

function group(one: Schemas["IntegrationsInvocationsByModeRow"] | Schemas["IntegrationsInvocationsByIntegrationRow"]): Row {
  return [one.invocations, one.successful, one.vendor_errors, one.exceptions, one.success_rate_pct, one.p95_latency_ms];
}
