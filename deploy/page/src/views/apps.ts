import type { Schemas } from "@quarry/client";
import { inWords, sideBySide } from "../comparison.js";
import { moment, nameOf } from "../format.js";
import { type Ask, type Content, type Panel, type Row, type Table, ask, column, fixedPanel, panel } from "../panels.js";
import { GROUPS, type State } from "../state.js";

type Health = Schemas["AppsAppAnalyticsResponse"];
type Vitals = Health["vitals"];

/** One request for all panels, so that they agree. */
function health({ app, hours, start, end, tz, compare, pages, groups }: State): Ask<Health>[] {
  return [
    ask("/v1/apps/{app_id}/analytics", {
      path: { app_id: app },
      query: {
        ...(start === "" ? { hours } : { start, end }),
        tz,
        ratings: true,
        ...(compare === "none" ? {} : { compare }),
        ...(pages === "together" ? {} : { by: "url" as const, groups }),
      },
    }),
  ];
}

const TOTALS = [
  ["Errors", "total_errors"],
  ["Events", "total_events"],
  ["Page views", "total_pageviews"],
] as const;

function totals(app: Health): Table | undefined {
  const { comparison } = app;
  return comparison && {
    columns: [column("Total", "text"), column("Now"), column("Before"), column("Change", "change")],
    rows: TOTALS.map(([title, name]) => {
      const { count, change } = comparison[name];
      return [title, app[name], count, inWords(change, app[name], count)];
    }),
  };
}

/** Which window is compared with. */
function earlier({ comparison }: Health, zone: string): string[] {
  return comparison === undefined ? [] : [`Before: ${moment(new Date(comparison.start), zone)} to ${moment(new Date(comparison.end), zone)}.`];
}

function errorsOverTime(app: Health, zone: string): Content {
  const { errors_over_time: errors } = app;
  const before = app.comparison?.errors_over_time;
  return {
    show: before === undefined ? "bars" : "line",
    ...sideBySide(column("Time", "time"), errors.map(({ timestamp }) => timestamp), before?.map(({ timestamp }) => timestamp), [
      {
        name: "Errors",
        kind: "number",
        values: errors.map(({ count }) => count),
        before: before && { values: before.map(({ count }) => count), changes: before.map(({ change }) => change) },
      },
    ]),
    remarks: earlier(app, zone),
  };
}

/** How many vitals the API lists if it is not asked for fewer. */
const MOST_VITALS = 1000;

const VITAL_COLUMNS = [column("Vital", "text"), column("Rating", "text"), column("p50"), column("p75"), column("p95"), column("Samples")];

function vitalRows(vitals: Vitals): Row[] {
  return vitals.map((one) => [one.metric_name, one.rating ?? "not rated", one.p50, one.p75, one.p95, one.sample_count]);
}

/** The vitals of all pages, and of each if they are asked for. */
function vitals({ vitals: all, vitals_by_url: byPage }: Health): Content {
  if (byPage === undefined) {
    return { show: "table", columns: VITAL_COLUMNS, rows: vitalRows(all) };
  }
  const { groups, rest } = byPage;
  const parts: [string, Vitals][] = [["All", all], ...groups.map(({ key, vitals: own }): [string, Vitals] => [nameOf(key), own])];
  if (rest !== undefined) {
    parts.push(["Other", rest.vitals]);
  }
  return {
    show: "table",
    columns: [column("Page", "text"), ...VITAL_COLUMNS],
    rows: parts.flatMap(([page, own]) => vitalRows(own).map((row) => [page, ...row])),
    remarks: rest === undefined ? [] : [`Other: ${rest.groups} more ${rest.groups === 1 ? "page" : "pages"}.`],
  };
}

export const APPS: Panel[] = [
  panel<Health>({
    id: "health",
    title: "Totals",
    note: "Errors, events and page views in the window.",
    asks: health,
    content: ([app], { tz }) => ({
      show: "tiles",
      columns: [column("Errors"), column("Errors per minute"), column("Events"), column("Page views")],
      rows: [[app!.total_errors, app!.error_rate_per_minute, app!.total_events, app!.total_pageviews]],
      changes: totals(app!),
      remarks: earlier(app!, tz),
    }),
  }),
  panel<Health>({
    id: "errors-over-time",
    title: "Errors over time",
    note: "Errors in each bucket of the window.",
    asks: health,
    content: ([app], { tz }) => errorsOverTime(app!, tz),
  }),
  panel<Health>({
    id: "vitals",
    title: "Web vitals",
    note: "Percentiles in milliseconds (CLS has no unit). The rating is that of the 75th percentile.",
    asks: health,
    content: ([app]) => vitals(app!),
    limit: MOST_VITALS,
    choices: [
      { label: "Pages", key: "pages", options: () => [["together", "together"], ["each", "each"]] },
      { label: "Shown", key: "groups", options: ({ pages }) => (pages === "together" ? [] : GROUPS.map((one) => [String(one), `largest ${one}`])) },
    ],
    without: ["compare"],
  }),
  fixedPanel<Health>({
    id: "newest-errors",
    title: "Newest errors",
    note: "The newest 20 errors of the window.",
    show: "table",
    columns: [column("Time", "time"), column("Type", "text"), column("Message", "text"), column("Page", "text")],
    asks: health,
    rows: ([app]) => app!.recent_errors.map((one) => [one.timestamp, one.error_type, one.error_message, one.url ?? null]),
    without: ["compare"],
  }),
];
