import type { Schemas } from "@quarry/client";
import { type Line, type Share, changeOfShare, newest, percentOf, sideBySide, sum, sums } from "../comparison.js";
import { nameOf } from "../format.js";
import { type Choice, type Content, type Kind, MOST_GROUPS, type Panel, type Table, ask, column, fixedPanel, panel } from "../panels.js";
import { DIMENSIONS, RETURNS, type State, type Unit, titleOf } from "../state.js";

type Series = Schemas["MetricsTimeSeriesResponse"];
type Retention = Schemas["MetricsRetentionResponse"];

const ACTIVE_USERS = {
  dau: ["/v1/metrics/dau", "DAU"],
  wau: ["/v1/metrics/wau", "WAU"],
  mau: ["/v1/metrics/mau", "MAU"],
} as const;

const WEEK_STARTS = [
  ["monday", "Monday"],
  ["sunday", "Sunday"],
  ["saturday", "Saturday"],
] as const;

const PERIODS = [
  ["day", "day"],
  ["week", "week"],
  ["month", "month"],
] as const;

const WHOLE_ONLY = ["filters", "by", "compare"] as const;

/** As many periods as an answer can have. */
const MOST_PERIODS = 1000;

/** The window, what of it counts, and what it is compared with: every period, or the newest of them. */
function question({ from, to, tz, filters, by, groups, compare }: State) {
  return { from, to, tz, limit: MOST_PERIODS, ...filters, ...(by === "none" ? {} : { by, groups }), ...(compare === "none" ? {} : { compare }) };
}

/** Weeks begin on Monday unless a person chose another day. */
function weeks(unit: Unit, { week_start }: State) {
  return unit === "week" && week_start !== "monday" ? { week_start } : {};
}

function weekStart(unit: (state: State) => Unit): Choice {
  return { label: "Weeks begin on", key: "week_start", options: (state) => (unit(state) === "week" ? WEEK_STARTS : []) };
}

/** The whole, or each group and the others. With groups, the table also has the whole, which need not be their sum. */
function lines(name: string, kind: Kind, { data, comparison, groups, rest }: Series): Line[] {
  const line = (title: string, points: Series["data"], earlier: Series["comparison"]): Line => ({
    name: title,
    kind,
    values: points.map(({ value }) => value),
    before: earlier && { values: earlier.data.map(({ value }) => value), changes: earlier.data.map(({ change }) => change) },
  });
  const whole = line(name, data, comparison);
  return groups === undefined
    ? [whole]
    : [
        { ...whole, name: "All", role: "undrawn" },
        ...groups.map((group) => line(nameOf(group.key), group.data, group.comparison)),
        ...(rest === undefined ? [] : [{ ...line("Other", rest.data, undefined), role: "other" } as const]),
      ];
}

/** Lines over the periods of an answer. */
function content(answer: Series, period: Unit, all: Line[], isSum: boolean, show: "line" | "bars"): Content {
  const { data, comparison, groups, rest } = answer;
  const earlier = comparison?.data.map(({ period }) => period);
  return {
    show: comparison !== undefined ? "line" : groups !== undefined && isSum ? "stack" : show,
    ...sideBySide(column(titleOf(period), "day"), data.map(({ period }) => period), earlier, all),
    // The weeks and months of two windows are cut at other places, so their sums are not of equally many days.
    changes: period !== "day" ? undefined : isSum ? sums(all) : newest(data.at(-1)?.period ?? "", earlier?.at(-1) ?? "Before", all),
    remarks: [
      ...leftOut(answer, period),
      ...(comparison === undefined ? [] : [`The lighter lines are those of ${comparison.from} to ${comparison.to}.`]),
      ...(rest === undefined ? [] : [others(rest.groups)]),
    ],
  };
}

/** Says that the window has more periods than an answer. */
function leftOut({ from, data }: Series | Retention, unit: Unit): string[] {
  return data.length === MOST_PERIODS && data[0]!.period > from ? [`This shows the newest ${MOST_PERIODS.toLocaleString("en")} ${unit}s of the window.`] : [];
}

function others(groups: number): string {
  return `Other: ${groups} more ${groups === 1 ? "value" : "values"}.`;
}

interface SeriesPanel extends Omit<Panel<Series>, "content"> {
  /** Of the column. */
  name: string;
  kind?: Kind;
  show: "line" | "bars";
  /** Whether periods and groups add up. */
  isSum: boolean;
  period?: (state: State) => Unit;
}

/** A panel of one series. */
function seriesPanel({ name, kind = "number", show, isSum, period = () => "day", ...one }: SeriesPanel): Panel {
  return panel<Series>({
    ...one,
    content: ([answer], state) => content(answer!, period(state), lines(name, kind, answer!), isSum, show),
  });
}

/** All three, or the chosen one by group. */
function activeUsers({ by, active }: State) {
  return by === "none" ? Object.values(ACTIVE_USERS) : [ACTIVE_USERS[active]];
}

/** A row for each cohort, a column for each time of return. Each cohort is beside the one in its place of an earlier window. */
function triangle(answers: Retention[], unit: Unit): Content {
  const names = RETURNS[unit].map((one) => `${titleOf(unit)} ${one}`);
  const returns = answers.map(
    ({ data, comparison }) => new Map(data.map((cohort, place) => [cohort.period, { ...cohort, before: comparison?.data[place] }])),
  );
  const { comparison } = answers[0]!;
  const cohorts = [...returns[0]!.values()].filter(({ cohortSize, before }) => cohortSize > 0 || (before?.cohortSize ?? 0) > 0);
  const found = cohorts.map(({ period }) => returns.map((one) => one.get(period)));
  const users: Line = {
    name: "Users",
    kind: "number",
    values: cohorts.map(({ cohortSize }) => cohortSize),
    // The days of a cohort's early returns may no longer be kept, while those of its late ones are.
    before: comparison && { values: found.map((all) => all.map((one) => one?.before?.cohortSize ?? null).find((size) => size !== null) ?? null) },
  };
  const lines = names.map((name, index): Line => {
    const all = found.map((each) => each[index]);
    return {
      name,
      kind: "number",
      values: all.map((one) => one?.retained ?? null),
      before: comparison && { values: all.map((one) => one?.before?.retained ?? null), changes: all.map((one) => one?.before?.change ?? null) },
    };
  });
  const periods = cohorts.map(({ period }) => period);
  const earlier = comparison && cohorts.map(({ before }) => before?.period ?? null);
  return {
    show: "triangle",
    ...sideBySide(column("First use", "day"), periods, earlier, [users, ...lines]),
    changes: shares(answers.map((answer, index) => sharesOf(names[index]!, answer))),
    remarks: [
      ...leftOut(answers[0]!, unit),
      ...(comparison === undefined ? [] : [firstUses(comparison), "Below each number is the change of the share that returned."]),
    ],
  };
}

/** How many users of some cohorts returned, and how many of those in their places of an earlier window. */
interface Returned {
  name: string;
  now: Share;
  before: Share | undefined;
}

function sharesOf(name: string, { data, comparison }: Pick<Retention, "data" | "comparison">): Returned {
  return { name, now: shareOf(data), before: comparison && shareOf(comparison.data) };
}

type Cohort = Retention["data"][number] | NonNullable<Retention["comparison"]>["data"][number];

/** An earlier window can have fewer periods. */
function shareOf(cohorts: Cohort[]): Share {
  const all = cohorts.filter(({ period }) => period !== null);
  return { part: sum(all.map(({ retained }) => retained)), whole: sum(all.map(({ cohortSize }) => cohortSize)) };
}

/** The shares that returned, of the whole windows. Without users there is no share to compare. */
function shares(all: Returned[]): Table | undefined {
  const lines = all.flatMap(({ name, now, before }): Line[] =>
    before === undefined || now.whole === 0
      ? []
      : [{ name, kind: "percent", values: [percentOf(now)], before: { values: [percentOf(before)], changes: [changeOfShare(now, before)] } }],
  );
  return newest("Share", "Share before", lines);
}

function firstUses({ from, to }: NonNullable<Retention["comparison"]>): string {
  return `Before: first uses from ${from} to ${to}.`;
}

/** A row for each group, with the sums of its cohorts. Cohorts that could not return yet are not in the answer. */
function returned(whole: Retention, unit: Unit): Content {
  const { data, comparison, groups = [], rest } = whole;
  const all = [
    sharesOf("All", whole),
    ...groups.map((group) => sharesOf(nameOf(group.key), group)),
    ...(rest === undefined ? [] : [sharesOf("Other", rest)]),
  ];
  const line = (name: string, of: (share: Share) => number | null): Line => ({
    name,
    kind: "number",
    values: all.map(({ now }) => of(now)),
    before: comparison && { values: all.map(({ before }) => (before === undefined ? null : of(before))) },
  });
  const lines = [line("New users", (share) => share.whole), line("Returned", (share) => share.part)];
  return {
    show: "table",
    ...sideBySide(column("Group", "text"), data.length === 0 ? [] : all.map(({ name }) => name), undefined, lines),
    changes: shares(all),
    remarks: [...leftOut(whole, unit), ...(comparison === undefined ? [] : [firstUses(comparison)]), ...(rest === undefined ? [] : [others(rest.groups)])],
  };
}

export const METRICS: Panel[] = [
  panel<Series>({
    id: "active-users",
    title: "Active users",
    note: "Distinct users of the day, of its last 7 days and of its last 30 days.",
    asks: (state) => activeUsers(state).map(([path]) => ask(path, { query: question(state) })),
    content: (answers, state) => {
      const all = activeUsers(state).flatMap(([, name], index) => lines(name, "number", answers[index]!));
      return content(answers[0]!, "day", all, false, "line");
    },
    choices: [
      {
        label: "Users of",
        key: "active",
        options: ({ by }) => (by === "none" ? [] : [["dau", "the day"], ["wau", "7 days"], ["mau", "30 days"]]),
      },
    ],
  }),
  seriesPanel({
    id: "new-users",
    title: "New users",
    note: "Users by the day, week or month of their first use.",
    name: "New users",
    show: "bars",
    isSum: true,
    period: ({ granularity }) => granularity,
    asks: (state) => {
      const { granularity } = state;
      return [ask("/v1/metrics/new-users", { query: { ...question(state), ...(granularity === "day" ? {} : { granularity }), ...weeks(granularity, state) } })];
    },
    choices: [
      { label: "Period", key: "granularity", options: () => PERIODS },
      weekStart(({ granularity }) => granularity),
    ],
  }),
  panel<Retention>({
    id: "retention",
    title: "Retention",
    note: "Of the users whose first use was in a period, how many were active again so many days, weeks or months later.",
    asks: (state) => {
      const { unit } = state;
      const query = { ...question(state), ...(unit === "day" ? {} : { unit }), ...weeks(unit, state) };
      return (state.by === "none" ? RETURNS[unit] : [state.after]).map((days) => ask("/v1/metrics/retention", { query: { ...query, days } }));
    },
    content: (answers, { by, unit }) => (by === "none" ? triangle(answers, unit) : returned(answers[0]!, unit)),
    choices: [
      { label: "Period", key: "unit", options: () => PERIODS },
      weekStart(({ unit }) => unit),
      {
        label: "Returned after",
        key: "after",
        options: ({ by, unit }) => (by === "none" ? [] : RETURNS[unit].map((one) => [String(one), `${one} ${unit}${one === 1 ? "" : "s"}`])),
      },
    ],
  }),
  seriesPanel({
    id: "sessions",
    title: "Sessions",
    note: "Sessions that started on the day.",
    name: "Sessions",
    show: "bars",
    isSum: true,
    asks: (state) => [ask("/v1/metrics/daily-sessions", { query: question(state) })],
  }),
  seriesPanel({
    id: "session-length",
    title: "Session length",
    note: "Seconds from the first to the last event of a session: the average or a percentile of the day's sessions.",
    name: "Seconds",
    kind: "seconds",
    show: "line",
    isSum: false,
    asks: (state) => {
      const { statistic } = state;
      return [ask("/v1/metrics/session-length", { query: { ...question(state), ...(statistic === "average" ? {} : { statistic }) } })];
    },
    choices: [{ label: "Statistic", key: "statistic", options: () => [["average", "average"], ["p50", "median"], ["p90", "90th percentile"]] }],
  }),
  seriesPanel({
    id: "tool-calls",
    title: "Tool calls",
    note: "Calls of tools on the day.",
    name: "Tool calls",
    show: "bars",
    isSum: true,
    asks: (state) => [ask("/v1/metrics/tool-calls", { query: question(state) })],
  }),
  seriesPanel({
    id: "tool-calls-per-user",
    title: "Tool calls per user",
    note: "Tool calls of the day, divided by its users.",
    name: "Tool calls per user",
    show: "line",
    isSum: false,
    asks: (state) => [ask("/v1/metrics/tool-calls-per-user", { query: question(state) })],
  }),
  fixedPanel<Schemas["MetricsFeatureAdoptionResponse"]>({
    id: "feature-adoption",
    title: "Feature adoption",
    note: "Sessions of the window that used the feature.",
    show: "table",
    columns: [column("Feature", "text"), column("Sessions"), column("Of all sessions"), column("Share", "percent")],
    asks: ({ from, to, tz }) => [ask("/v1/metrics/feature-adoption", { query: { from, to, tz, limit: MOST_GROUPS } })],
    rows: ([answer]) =>
      answer!.data.map((one) => [one.feature, one.sessionsWithFeature, one.totalSessions, one.percentage]),
    limit: MOST_GROUPS,
    without: WHOLE_ONLY,
  }),
  fixedPanel<Schemas["MetricsPowerUsersResponse"]>({
    id: "power-users",
    title: "Power users",
    note: "Users with at least so many tool calls in the window.",
    show: "tiles",
    columns: [column("Tool calls needed"), column("Users"), column("Power users"), column("Share", "percent")],
    asks: ({ from, to, tz }) => [ask("/v1/metrics/power-users", { query: { from, to, tz } })],
    rows: ([answer]) =>
      answer!.totalUsers === 0 ? [] : [[answer!.threshold, answer!.totalUsers, answer!.powerUsers, answer!.percentage]],
    without: WHOLE_ONLY,
  }),
  fixedPanel<Schemas["MetricsUsersByResponse"]>({
    id: "users-by",
    title: "Users by property",
    note: "All users, by the newest value that their events have.",
    show: "table",
    columns: [column("Value", "text"), column("Users")],
    asks: ({ dimension }) => [ask("/v1/metrics/users-by", { query: { dimension, limit: MOST_GROUPS } })],
    rows: ([answer]) => answer!.data.map(({ key, count }) => [key, count]),
    limit: MOST_GROUPS,
    choices: [{ label: "Property", key: "dimension", options: () => DIMENSIONS.map((one) => [one, one]) }],
    without: WHOLE_ONLY,
  }),
];
