import type { Family } from "@quarry/client";
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
  /** Last so many hours: the window of app health. */
  hours: number;
  /** Last so many days: the window of executions. */
  days: number;
  dimension: string;
}

export const DIMENSIONS = ["country", "locale", "client", "device", "platform", "version"] as const;
const VIEWS: readonly Family[] = ["metrics", "apps", "integrations", "orgs"];
const DAY = 86_400_000;

/** The day so many days after another one. */
export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
}

/** Number of days from one day to another, both inclusive. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY + 1;
}

/** The state of a link. What the link does not say, or says wrongly, gets a default. */
export function stateOf(search: string, organizations: Organization[]): State {
  const link = new URLSearchParams(search);
  const view = VIEWS.find((one) => one === link.get("view")) ?? "metrics";
  const organization = organizations.find(({ id }) => id === link.get("organization")) ?? organizations[0];
  const day = (name: string) => (/^\d{4}-\d\d-\d\d$/.test(link.get(name) ?? "") ? link.get(name) : null);
  const number = (name: string, most: number, standard: number) => {
    const value = Number(link.get(name));
    return Number.isInteger(value) && value >= 1 && value <= most ? value : standard;
  };
  const newest = view === "metrics" || view === "integrations" ? organization?.newest[view] : undefined;
  const to = day("to") ?? newest ?? new Date().toISOString().slice(0, 10);
  return {
    view,
    organization: organization?.id ?? "",
    app: link.get("app") ?? organization?.apps[0] ?? "",
    workspace: link.get("workspace") ?? organization?.workspaces[0] ?? "",
    from: day("from") ?? plusDays(to, -29),
    to,
    tz: link.get("tz") ?? "UTC",
    hours: number("hours", 720, 720),
    days: number("days", 90, 30),
    dimension: DIMENSIONS.find((one) => one === link.get("dimension")) ?? "country",
  };
}

/** The parts of the state that a view uses, as a link. */
export function linkOf(state: State): string {
  const used: Record<Family, (keyof State)[]> = {
    metrics: ["from", "to", "tz", "dimension"],
    apps: ["app", "hours", "tz"],
    integrations: ["from", "to", "tz"],
    orgs: ["workspace", "days", "tz"],
  };
  const keys: (keyof State)[] = ["view", "organization", ...used[state.view]];
  return `?${new URLSearchParams(keys.filter((key) => state[key] !== "").map((key) => [key, String(state[key])]))}`;
}
