import type { Schemas } from "@quarry/client";
import { MOST_GROUPS, type Panel, type Row, ask, column, panel } from "../panels.js";
import { DIMENSIONS, type State } from "../state.js";

type Series = Schemas["MetricsTimeSeriesResponse"];

const RETURN_DAYS = [1, 2, 3, 4, 5, 6, 7, 14];

/** Every period of the window, at most 1000 of them. */
function days({ from, to, tz }: State) {
  return { query: { from, to, tz, limit: 1000 } };
}

/** Series over the same periods, a column each. */
function side(series: Series[]): Row[] {
  return (series[0]?.data ?? []).map(({ period }, index) => [period, ...series.map(({ data }) => data[index]?.value ?? null)]);
}

export const METRICS: Panel[] = [
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
