import type { Family } from "@quarry/client";
import { minuteOf, moment } from "./format.js";
import type { Organization } from "./session.js";

/** What the page shows. The address bar has it, so that a link leads to the same numbers. */
export interface State {
  view: Family;
  organization: string;
  app: string;
  workspace: string;
  /** First and last day, both inclusive: the window of product metrics and integrations. */
  from: string;
  to: string;
  /** IANA time zone in which days begin. */
  tz: string;
  /** Last so many hours: the window of app health unless it has a start and an end, and of the log. */
  hours: number;
  /** First moment and end of the window of app health, such as `2026-11-27T12:00` in the zone; both are empty, or none. */
  start: string;
  end: string;
  /** Whether the web vitals of each page are shown. */
  pages: "together" | "each";
  /** Last so many days: the window of executions. */
  days: number;
  /** The property of the panel of users by property. */
  dimension: Dimension;
  /** The values that count, joined by commas. An empty text means events without a value. */
  filters: Partial<Record<Dimension, string>>;
  /** Whose largest `groups` values and their rest are shown. */
  by: Dimension | "none";
  groups: number;
  compare: "none" | "previous" | "year";
  /** Length of the periods of new users. */
  granularity: Unit;
  /** Length of the periods of retention, and after how many of them users return, where only one return is shown. */
  unit: Unit;
  after: number;
  week_start: "monday" | "sunday" | "saturday";
  /** Which active users are shown by group. */
  active: "dau" | "wau" | "mau";
  /** What is shown of the lengths of a day's sessions. */
  statistic: "average" | "p50" | "p90";
}

export const DIMENSIONS = ["country", "locale", "client", "device", "platform", "version"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

const UNITS = ["day", "week", "month"] as const;
export type Unit = (typeof UNITS)[number];

/** After how many days, weeks or months retention is shown. */
export const RETURNS: Record<Unit, readonly number[]> = {
  day: [1, 2, 3, 4, 5, 6, 7, 14],
  week: [1, 2, 3, 4, 5, 6, 7, 8],
  month: [1, 2, 3, 4, 5, 6],
};

/** How many groups a person can choose; a chart has no more colours. */
export const GROUPS = [3, 5, 8] as const;

/** What the state is unless its link says otherwise. A link does not repeat it. */
const STANDARD = {
  by: "none",
  groups: 5,
  compare: "none",
  granularity: "day",
  unit: "day",
  after: 1,
  week_start: "monday",
  active: "dau",
  statistic: "average",
  pages: "together",
} as const satisfies Partial<State>;

const VIEWS: readonly Family[] = ["metrics", "apps", "integrations", "orgs"];
export const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A name of the state at the beginning of a label. */
export function titleOf(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The day so many days after another one. */
export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
}

/** Number of days from one day to another, both inclusive. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY + 1;
}

/** Whether the window of the view begins before a day, which is one of UTC for app health, else one of the zone. */
export function beginsBefore(day: string, { view, from, hours, start, days, tz }: State, now: Date): boolean {
  switch (view) {
    case "apps":
      return start === "" ? now.getTime() - hours * HOUR < Date.parse(day) : start < minuteOf(new Date(day), tz);
    case "orgs":
      return plusDays(moment(now, tz).slice(0, 10), 1 - days) < day;
    case "metrics":
    case "integrations":
      return from < day;
  }
}

/** Whether a text is a day of the calendar, such as `2026-11-27`. */
function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && plusDays(text, 0) === text;
}

/** Whether the browser can show times in a zone. */
function isZone(name: string): boolean {
  try {
    return moment(new Date(), name) !== "";
  } catch {
    return false;
  }
}

/** The state of a link. What the link does not say, or says wrongly, gets a default. */
export function stateOf(search: string, organizations: Organization[]): State {
  const link = new URLSearchParams(search);
  const oneOf = <T extends string | number>(name: string, values: readonly T[], standard: T): T =>
    values.find((one) => String(one) === link.get(name)) ?? standard;
  const view = oneOf("view", VIEWS, "metrics");
  const unit = oneOf("unit", UNITS, STANDARD.unit);
  const organization = organizations.find(({ id }) => id === link.get("organization")) ?? organizations[0];
  const told = (name: string, isRight: (text: string) => boolean) => {
    const text = link.get(name) ?? "";
    return isRight(text) ? text : undefined;
  };
  const number = (name: string, most: number, standard: number) => {
    const value = Number(link.get(name));
    return Number.isInteger(value) && value >= 1 && value <= most ? value : standard;
  };
  const minute = (name: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.exec(link.get(name) ?? "")?.[0] ?? "";
  const isBounded = minute("start") !== "" && minute("end") !== "";
  const newest = view === "metrics" || view === "integrations" ? organization?.newest[view] : undefined;
  const to = told("to", isDay) ?? newest ?? new Date().toISOString().slice(0, 10);
  return {
    view,
    organization: organization?.id ?? "",
    app: link.get("app") ?? organization?.apps[0] ?? "",
    workspace: link.get("workspace") ?? organization?.workspaces[0] ?? "",
    from: told("from", isDay) ?? plusDays(to, -29),
    to,
    tz: told("tz", isZone) ?? "UTC",
    hours: number("hours", 720, 720),
    start: isBounded ? minute("start") : "",
    end: isBounded ? minute("end") : "",
    pages: oneOf<State["pages"]>("pages", ["each"], STANDARD.pages),
    days: number("days", 90, 30),
    dimension: oneOf("dimension", DIMENSIONS, "country"),
    filters: Object.fromEntries(DIMENSIONS.filter((one) => link.has(one)).map((one) => [one, link.get(one)!])),
    by: oneOf<State["by"]>("by", DIMENSIONS, STANDARD.by),
    groups: oneOf<number>("groups", GROUPS, STANDARD.groups),
    compare: oneOf<State["compare"]>("compare", ["previous", "year"], STANDARD.compare),
    granularity: oneOf("granularity", UNITS, STANDARD.granularity),
    unit,
    after: oneOf("after", RETURNS[unit], STANDARD.after),
    week_start: oneOf<State["week_start"]>("week_start", ["monday", "sunday", "saturday"], STANDARD.week_start),
    active: oneOf<State["active"]>("active", ["dau", "wau", "mau"], STANDARD.active),
    statistic: oneOf<State["statistic"]>("statistic", ["average", "p50", "p90"], STANDARD.statistic),
  };
}

/** The parts of the state that a view uses, as a link. */
export function linkOf(state: State): string {
  const used: Record<Family, (keyof State)[]> = {
    metrics: ["from", "to", "tz", "dimension", "by", "groups", "compare", "granularity", "unit", "after", "week_start", "active", "statistic"],
    apps: ["app", "hours", "start", "end", "tz", "compare", "pages", "groups"],
    integrations: ["from", "to", "tz", "compare"],
    orgs: ["workspace", "days", "tz", "compare"],
  };
  const standard: Partial<State> = STANDARD;
  const keys: (keyof State)[] = ["view", "organization", ...used[state.view]];
  const told = keys.filter((key) => state[key] !== "" && state[key] !== standard[key]);
  const filters = state.view === "metrics" ? Object.entries(state.filters) : [];
  return `?${new URLSearchParams([...told.map((key) => [key, String(state[key])]), ...filters])}`;
}
