import type { Data, Family, Parameters, Path, Schemas } from "@quarry/client";
import { DIMENSIONS, type State, daysBetween } from "./state.js";

/** A request, typed by its answer. */
export interface Ask<T = unknown> {
  path: Path;
  parameters: { path?: Record<string, string>; query?: Record<string, unknown> };
  /** Only for the type. */
  answer?: T;
}

export type Cell = string | number | null;
export type Row = Cell[];

/** How a column's values are shown. */
export type Kind = "day" | "time" | "text" | "number" | "percent" | "milliseconds" | "seconds";

export interface Column {
  name: string;
  kind: Kind;
}

/** A part of a view: what to ask, and how to show the answers as a table of rows. */
export interface Panel<T = any> {
  id: string;
  title: string;
  /** What the numbers mean, in a sentence. */
  note: string;
  show: "line" | "bars" | "stack" | "table" | "tiles" | "triangle";
  columns: Column[];
  asks: (state: State) => Ask<T>[];
  rows: (answers: T[]) => Row[];
  /** A choice that only this panel has. */
  choice?: { label: string; key: "dimension"; values: readonly string[] };
}

type Series = Schemas["MetricsTimeSeriesResponse"];
type Envelope = Schemas["IntegrationsDashboardEnvelope"];
type Health = Schemas["AppsAppAnalyticsResponse"];

const RETURN_DAYS = [1, 2, 3, 4, 5, 6, 7, 14];
const MOST_GROUPS = 20;

function ask<P extends Path>(path: P, parameters: Parameters<P>): Ask<Data<P>> {
  return { path, parameters: parameters as Ask["parameters"] };
}

/** Gives each panel the type of its answers. */
function panel<T>(one: Panel<T>): Panel {
  return one;
}

const column = (name: string, kind: Kind = "number"): Column => ({ name, kind });

/** Every period of the window, at most 1000 of them. */
function days({ from, to, tz }: State) {
  return { query: { from, to, tz, limit: 1000 } };
}

/** Series over the same periods, a column each. */
function side(series: Series[]): Row[] {
  return (series[0]?.data ?? []).map(({ period }, index) => [period, ...series.map(({ data }) => data[index]?.value ?? null)]);
}

const METRICS: Panel[] = [
  panel<Series>({
    id: "active-users",
    title: "Active users",
    note: "Distinct users of the day, of its last 7 days and of its last 30 days.",
    show: "line",
    columns: [column("Day", "day"), column("DAU"), column("WAU"), column("MAU")],
    asks: (state) => [
      ask("/v1/metrics/dau", days(state)),
      ask("/v1/metrics/wau", days(state)),
      ask("/v1/metrics/mau", days(state)),
    ],
    rows: side,
  }),
  panel<Series>({
    id: "new-users",
    title: "New users",
    note: "Users by the day of their first use.",
    show: "bars",
    columns: [column("Day", "day"), column("New users")],
    asks: (state) => [ask("/v1/metrics/new-users", days(state))],
    rows: side,
  }),
  panel<Schemas["MetricsRetentionResponse"]>({
    id: "retention",
    title: "Retention",
    note: "Of the users whose first use was on a day, how many were active again so many days later.",
    show: "triangle",
    columns: [column("First use", "day"), column("Users"), ...RETURN_DAYS.map((day) => column(`Day ${day}`))],
    asks: (state) =>
      RETURN_DAYS.map((after) => ask("/v1/metrics/retention", { query: { ...days(state).query, days: after } })),
    rows: (answers) => {
      const returned = answers.map(({ data }) => new Map(data.map((cohort) => [cohort.period, cohort.retained])));
      return (answers[0]?.data ?? [])
        .filter(({ cohortSize }) => cohortSize > 0)
        .map(({ period, cohortSize }) => [period, cohortSize, ...returned.map((after) => after.get(period) ?? null)]);
    },
  }),
  panel<Series>({
    id: "sessions",
    title: "Sessions",
    note: "Sessions that started on the day.",
    show: "bars",
    columns: [column("Day", "day"), column("Sessions")],
    asks: (state) => [ask("/v1/metrics/daily-sessions", days(state))],
    rows: side,
  }),
  panel<Series>({
    id: "session-length",
    title: "Session length",
    note: "Average seconds from the first to the last event of a session.",
    show: "line",
    columns: [column("Day", "day"), column("Seconds", "seconds")],
    asks: (state) => [ask("/v1/metrics/session-length", days(state))],
    rows: side,
  }),
  panel<Series>({
    id: "tool-calls",
    title: "Tool calls",
    note: "Calls of tools on the day.",
    show: "bars",
    columns: [column("Day", "day"), column("Tool calls")],
    asks: (state) => [ask("/v1/metrics/tool-calls", days(state))],
    rows: side,
  }),
  panel<Series>({
    id: "tool-calls-per-user",
    title: "Tool calls per user",
    note: "Tool calls of the day, divided by its users.",
    show: "line",
    columns: [column("Day", "day"), column("Tool calls per user")],
    asks: (state) => [ask("/v1/metrics/tool-calls-per-user", days(state))],
    rows: side,
  }),
  panel<Schemas["MetricsFeatureAdoptionResponse"]>({
    id: "feature-adoption",
    title: "Feature adoption",
    note: "Sessions of the window that used the feature.",
    show: "table",
    columns: [column("Feature", "text"), column("Sessions"), column("Of all sessions"), column("Share", "percent")],
    asks: ({ from, to, tz }) => [ask("/v1/metrics/feature-adoption", { query: { from, to, tz, limit: MOST_GROUPS } })],
    rows: ([answer]) =>
      answer!.data.map((one) => [one.feature, one.sessionsWithFeature, one.totalSessions, one.percentage]),
  }),
  panel<Schemas["MetricsPowerUsersResponse"]>({
    id: "power-users",
    title: "Power users",
    note: "Users with at least so many tool calls in the window.",
    show: "tiles",
    columns: [column("Tool calls needed"), column("Users"), column("Power users"), column("Share", "percent")],
    asks: ({ from, to, tz }) => [ask("/v1/metrics/power-users", { query: { from, to, tz } })],
    rows: ([answer]) =>
      answer!.totalUsers === 0 ? [] : [[answer!.threshold, answer!.totalUsers, answer!.powerUsers, answer!.percentage]],
  }),
  panel<Schemas["MetricsUsersByResponse"]>({
    id: "users-by",
    title: "Users by property",
    note: "All users, by the newest value that their events have.",
    show: "table",
    columns: [column("Value", "text"), column("Users")],
    asks: ({ dimension }) => [
      ask("/v1/metrics/users-by", {
        query: { dimension: dimension as (typeof DIMENSIONS)[number], limit: MOST_GROUPS },
      }),
    ],
    rows: ([answer]) => answer!.data.map(({ key, count }) => [key, count]),
    choice: { label: "Property", key: "dimension", values: DIMENSIONS },
  }),
];

function health({ app, hours, tz }: State): Ask<Health>[] {
  return [ask("/v1/apps/{app_id}/analytics", { path: { app_id: app }, query: { hours, tz, ratings: true } })];
}

const APPS: Panel[] = [
  panel<Health>({
    id: "health",
    title: "Totals",
    note: "Errors, events and page views in the window.",
    show: "tiles",
    columns: [column("Errors"), column("Errors per minute"), column("Events"), column("Page views")],
    asks: health,
    rows: ([app]) => [[app!.total_errors, app!.error_rate_per_minute, app!.total_events, app!.total_pageviews]],
  }),
  panel<Health>({
    id: "errors-over-time",
    title: "Errors over time",
    note: "Errors in each bucket of the window.",
    show: "bars",
    columns: [column("Time", "time"), column("Errors")],
    asks: health,
    rows: ([app]) => app!.errors_over_time.map(({ timestamp, count }) => [timestamp, count]),
  }),
  panel<Health>({
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
  panel<Health>({
    id: "newest-errors",
    title: "Newest errors",
    note: "The newest 20 errors of the window.",
    show: "table",
    columns: [column("Time", "time"), column("Type", "text"), column("Message", "text"), column("Page", "text")],
    asks: health,
    rows: ([app]) => app!.recent_errors.map((one) => [one.timestamp, one.error_type, one.error_message, one.url ?? null]),
  }),
];

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

const INTEGRATIONS: Panel[] = [
  panel<Envelope>({
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
  panel<Envelope>({
    id: "usage",
    title: "Calls by outcome",
    note: "How the calls of integrations ended.",
    show: "stack",
    columns: [column("Time", "time"), column("Successful"), column("Vendor errors"), column("Exceptions")],
    asks: envelope,
    rows: ([answer]) => answer!.usage.map((one) => [one.time_bucket, one.successful, one.vendor_errors, one.exceptions]),
  }),
  panel<Envelope>({
    id: "success-rate",
    title: "Success rate",
    note: "Successful calls in percent of all; 0 without calls.",
    show: "line",
    columns: [column("Time", "time"), column("Success", "percent")],
    asks: envelope,
    rows: ([answer]) => answer!.success_rate.map((one) => [one.time_bucket, one.success_rate_pct]),
  }),
  panel<Envelope>({
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
  panel<Envelope>({
    id: "by-integration",
    title: "By integration",
    note: "The busiest integrations.",
    show: "table",
    columns: [column("Integration", "text"), ...GROUP_COLUMNS],
    asks: envelope,
    rows: ([answer]) => answer!.by_integration.map((one) => [one.integration_key, ...group(one)]),
  }),
  panel<Envelope>({
    id: "by-mode",
    title: "By mode",
    note: "The busiest modes.",
    show: "table",
    columns: [column("Mode", "text"), ...GROUP_COLUMNS],
    asks: envelope,
    rows: ([answer]) => answer!.by_mode.map((one) => [one.mode, ...group(one)]),
  }),
  panel<Envelope>({
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

const RESOURCES = ["sources", "augmentations", "endpoints", "namespaces", "apps", "threads", "actions", "secrets", "models"] as const;
const RESOURCE_COLUMNS = RESOURCES.map((name) => column(name.charAt(0).toUpperCase() + name.slice(1)));

function workspace({ organization, workspace: id }: State) {
  return { path: { org_id: organization, workspace_id: id } };
}

type Executions = Schemas["OrgsTimeSeries"];

/** Each bucket beside the one in its place before. */
function withPrevious([answer]: Executions[]): Row[] {
  return answer!.data.map(({ timestamp, value }, index) => [timestamp, value, answer!.previous?.[index]?.value ?? null]);
}

const ORGS: Panel[] = [
  panel<Schemas["OrgsOrgAnalyticsRollup"]>({
    id: "organization",
    title: "All workspaces",
    note: "Resources and executions of all workspaces of the organization.",
    show: "tiles",
    columns: [column("Workspaces"), column("Executions"), column("Successful"), column("Failed"), column("Success", "percent"), ...RESOURCE_COLUMNS],
    asks: ({ organization }) => [ask("/v1/orgs/{org_id}/analytics", { path: { org_id: organization } })],
    rows: ([answer]) => {
      const { total, success, failed, success_rate } = answer!.executions;
      return [[answer!.workspaces, total, success, failed, success_rate, ...RESOURCES.map((name) => answer!.resources[name])]];
    },
  }),
  panel<Schemas["OrgsResourceCounts"]>({
    id: "resources",
    title: "Resources of the workspace",
    note: "How many there are of each kind.",
    show: "tiles",
    columns: RESOURCE_COLUMNS,
    asks: (state) => [ask("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/resources", workspace(state))],
    rows: ([answer]) => [RESOURCES.map((name) => answer![name])],
  }),
  panel<Schemas["OrgsExecutionMetricsResponse"]>({
    id: "executions",
    title: "Executions of the workspace",
    note: "In the window, and in as many days before.",
    show: "table",
    columns: [column("Period", "text"), column("Executions"), column("Successful"), column("Failed"), column("Success", "percent")],
    asks: (state) => [
      ask("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/executions", {
        ...workspace(state),
        query: { days: state.days, tz: state.tz, include: "previous" },
      }),
    ],
    rows: ([answer]) =>
      [{ name: "Window", numbers: answer! }, ...(answer!.previous ? [{ name: "Before", numbers: answer!.previous }] : [])].map(
        ({ name, numbers }) => [name, numbers.total, numbers.success, numbers.failed, numbers.success_rate],
      ),
  }),
  panel<Executions>({
    id: "executions-daily",
    title: "Executions by day",
    note: "Each day, and the day in its place in the window before.",
    show: "line",
    columns: [column("Day", "time"), column("Executions"), column("Before")],
    asks: (state) => [
      ask("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/executions/daily", {
        ...workspace(state),
        query: { days: state.days, tz: state.tz, include: "previous" },
      }),
    ],
    rows: withPrevious,
  }),
  panel<Executions>({
    id: "executions-hourly",
    title: "Executions by hour",
    note: "Each of the last 48 hours, and the hour in its place before.",
    show: "line",
    columns: [column("Hour", "time"), column("Executions"), column("Before")],
    asks: (state) => [
      ask("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/executions/hourly", {
        ...workspace(state),
        query: { hours: 48, tz: state.tz, include: "previous" },
      }),
    ],
    rows: withPrevious,
  }),
];

/** The views, by family. App health also has the log, which is no table of rows. */
export const VIEWS: Record<Family, { title: string; key: string; panels: Panel[] }> = {
  metrics: { title: "Product metrics", key: "MCPEEK_KEY", panels: METRICS },
  apps: { title: "App health", key: "MIXPEEK_KEY", panels: APPS },
  integrations: { title: "Integrations", key: "FEATHER_KEY", panels: INTEGRATIONS },
  orgs: { title: "Organization", key: "MECHA_TOKEN", panels: ORGS },
};
