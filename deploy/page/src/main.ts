import { Quarry, UnauthenticatedError, type Family } from "@quarry/client";
import { button, dateInput, element, input, notify, select } from "./dom.js";
import { filters } from "./filters.js";
import { minuteOf, moment } from "./format.js";
import { logs } from "./logs.js";
import { type Shown, show } from "./panel.js";
import { type Answers, Reader } from "./reader.js";
import { type Organization, mayRead, signInWithKeys, signInWithLink } from "./session.js";
import { DIMENSIONS, GROUPS, HOUR, type State, beginsBefore, linkOf, plusDays, stateOf } from "./state.js";
import { VIEWS } from "./views.js";

const AUTOMATIC = 30_000;
const LAST_HOURS = [1, 6, 24, 168, 720];
/** The choice of a start and an end. */
const BOUNDS = "bounds";
const COMPARISONS = [
  ["none", "nothing"],
  ["previous", "the time before"],
  ["year", "a year earlier"],
] as const;
const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

let organizations: Organization[] = [];
let state: State;
/** Aborts before the toolbar is made anew. */
let drawn = new AbortController();
/** Aborts before the panels are made anew. */
let shown = new AbortController();
let refresh = () => {};
let automatic = false;
const answers = new Map<Organization, Answers>();

/** The state after a change. Another view or organisation has its own windows, apps, workspaces and values. */
function next(changed: Partial<State>): State {
  const link = new URLSearchParams(linkOf({ ...state, ...changed }));
  if (changed.organization !== undefined || changed.view !== undefined) {
    ["app", "workspace", "from", "to", ...DIMENSIONS].forEach((name) => link.delete(name));
  }
  return stateOf(`?${link}`, organizations);
}

function goTo(changed: Partial<State>): void {
  state = next(changed);
  history.pushState(null, "", linkOf(state));
}

function change(changed: Partial<State>): void {
  goTo(changed);
  // The elements are made anew, and the keyboard stays where it was.
  const again = placeOf(document.activeElement);
  render();
  if (again !== undefined) {
    (document.querySelector<HTMLElement>(again) ?? byId("toolbar").querySelector<HTMLElement>("[name=filter]"))?.focus();
  }
}

/** A selector of an element that has a name, or of the current view. */
function placeOf(focused: Element | null): string | undefined {
  if (focused?.closest("#views")) {
    return "#views [aria-current]";
  }
  const name = focused?.getAttribute("name");
  const panel = focused?.closest<HTMLElement>("[data-panel]")?.dataset.panel;
  return name ? `${panel === undefined ? "#toolbar" : `[data-panel="${panel}"]`} [name="${CSS.escape(name)}"]` : undefined;
}

function chosen(): Organization | undefined {
  return organizations.find(({ id }) => id === state.organization);
}

/** The page shows a 429 instead of waiting for long. */
function clientOf({ credentials }: Organization): Quarry {
  return new Quarry({ url: location.origin, credentials, retry: { attempts: 2, longestWait: 1_000 } });
}

function render(): void {
  drawn.abort();
  drawn = new AbortController();
  document.title = `${VIEWS[state.view].title} · Quarry`;
  byId("views").replaceChildren(...views());
  const organization = chosen();
  byId("sign-in").textContent = organization === undefined ? "Sign in" : "Change keys";
  byId("toolbar").replaceChildren(...(organization === undefined ? [] : toolbar(organization, clientOf(organization), drawn.signal)));
  renderPanels();
}

function renderPanels(): void {
  shown.abort();
  shown = new AbortController();
  const { signal } = shown;
  byId("freshness").textContent = "";
  const organization = chosen();
  if (organization === undefined) {
    byId("panels").replaceChildren(hint("Sign in to see numbers."));
    return;
  }
  if (!mayRead(organization, state.view)) {
    byId("panels").replaceChildren(hint(`There is no key for ${VIEWS[state.view].title.toLowerCase()}.`));
    return;
  }
  const missing = state.view === "apps" ? state.app === "" && "app" : state.view === "orgs" && state.workspace === "" && "workspace";
  if (missing !== false) {
    byId("panels").replaceChildren(element("p", { class: "empty" }, `Enter the id of ${missing === "app" ? "an app" : "a workspace"} above.`));
    return;
  }
  const known = answers.get(organization) ?? new Map();
  answers.set(organization, known);
  const quarry = clientOf(organization);
  const reader = new Reader(quarry, known, signal);
  const panels = VIEWS[state.view].panels.map((panel) => show(panel, state, organization, reader, change, signal));
  byId("panels").replaceChildren(...panels.map((panel) => panel.element), ...(state.view === "apps" ? [logs(quarry, state, signal)] : []));
  refresh = () => void refreshAll(panels, signal);
  refresh();
}

async function refreshAll(panels: Shown[], signal: AbortSignal): Promise<void> {
  const results = await Promise.all(panels.map((panel) => panel.refresh()));
  if (signal.aborted) {
    return;
  }
  if (results.some((result) => result instanceof UnauthenticatedError)) {
    byId("sign-in").focus();
  }
  const read = results.flatMap((result) => (result instanceof Error ? [] : result));
  if (read.length === 0) {
    // The numbers on the page are still those of the last time.
    return;
  }
  const moments = read.flatMap(({ asOf }) => (asOf === undefined ? [] : [asOf.getTime()]));
  const since = read.flatMap((answer) => answer.since ?? []).sort().at(-1);
  const now = new Date();
  const parts = [
    moments.length === 0 ? "" : `Every event until ${moment(new Date(Math.min(...moments)), state.tz)} is counted.`,
    since !== undefined && beginsBefore(since, state, now) ? `Days before ${since}${state.view === "apps" ? " (UTC)" : ""} are not complete.` : "",
    `Checked at ${moment(now, state.tz)} (${state.tz}).`,
  ];
  byId("freshness").textContent = parts.filter((part) => part !== "").join(" ");
}

function views(): HTMLElement[] {
  return (Object.keys(VIEWS) as Family[]).map((view) => {
    const link = element("a", { href: linkOf(next({ view })), ...(view === state.view ? { "aria-current": "page" } : {}) }, VIEWS[view].title);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      change({ view });
    });
    return link;
  });
}

function toolbar({ apps, workspaces }: Organization, quarry: Quarry, signal: AbortSignal): HTMLElement[] {
  const parts: HTMLElement[] = [];
  const pick = (label: string, name: "app" | "workspace", known: string[]) =>
    known.length === 0
      ? parts.push(input(label, { name, value: state[name], placeholder: "id", spellcheck: "false" }, (value) => change({ [name]: value })))
      : known.length > 1 && parts.push(select(label, name, known.map((id) => [id, id]), state[name], (value) => change({ [name]: value })));

  if (organizations.length > 1) {
    parts.push(select("Organization", "organization", organizations.map(({ id, name }) => [id, name]), state.organization, (organization) => change({ organization })));
  }
  switch (state.view) {
    case "apps":
      pick("App", "app", apps);
      parts.push(...appWindow(signal));
      break;
    case "orgs":
      pick("Workspace", "workspace", workspaces);
      parts.push(select("Window", "days", [7, 30, 90].map((days) => [String(days), `last ${days} days`]), String(state.days), (days) => change({ days: Number(days) })));
      break;
    default:
      parts.push(
        ...bounds("date", "from", "to", signal),
        element("div", { class: "buttons" }, ...[7, 30, 90].map((days) => button(`${days} d`, "window", () => change({ from: plusDays(state.to, 1 - days) }), `days-${days}`))),
      );
  }
  parts.push(select("Compare with", "compare", COMPARISONS, state.compare, (compare) => change({ compare: compare as State["compare"] })));
  if (state.view === "metrics") {
    parts.push(
      select("Group by", "by", [["none", "nothing"], ...DIMENSIONS.map((one) => [one, one] as const)], state.by, (by) => change({ by: by as State["by"] })),
    );
    if (state.by !== "none") {
      parts.push(select("Groups", "groups", GROUPS.map((one) => [String(one), `largest ${one}`]), String(state.groups), (groups) => change({ groups: Number(groups) })));
    }
  }
  parts.push(
    select("Zone", "tz", zones().map((zone) => [zone, zone]), state.tz, (tz) => change({ tz })),
    button("Refresh", "the numbers", () => refresh()),
    input("Every 30 s", { type: "checkbox", name: "automatic" }, () => (automatic = !automatic)),
  );
  parts.at(-1)!.querySelector("input")!.checked = automatic;
  if (state.view === "metrics") {
    parts.push(filters(state, quarry, change, signal));
  }
  return parts;
}

/** The inputs of a window. What they change leaves the toolbar as it is, since the person is already at another part of it. */
function bounds(type: "date" | "datetime-local", first: "from" | "start", last: "to" | "end", signal: AbortSignal): HTMLElement[] {
  // Where years have four digits, the keyboard goes on after the fourth.
  const newest = type === "date" ? "9999-12-31" : "9999-12-31T23:59";
  const bound = (label: string, name: typeof first | typeof last) =>
    dateInput(label, { name, type, value: state[name], max: newest, required: "" }, signal, (value) => {
      goTo({ [name]: value });
      limit();
      renderPanels();
    });
  const [from, to] = [bound("From", first), bound("To", last)];
  const limit = () => {
    from.querySelector("input")!.max = state[last];
    to.querySelector("input")!.min = state[first];
  };
  limit();
  return [from, to];
}

/** The last hours, or a start and an end. */
function appWindow(signal: AbortSignal): HTMLElement[] {
  const { hours, start, tz } = state;
  const minute = (ago: number) => minuteOf(new Date(Date.now() - ago), tz);
  const choose = (value: string) =>
    change(value === BOUNDS ? { start: minute(24 * HOUR), end: minute(0) } : { hours: Number(value), start: "", end: "" });
  const last = LAST_HOURS.map((one) => [String(one), `last ${one} hours`] as const);
  const window = select("Window", "hours", [...last, [BOUNDS, "from … to …"]], start === "" ? String(hours) : BOUNDS, choose);
  return start === "" ? [window] : [window, ...bounds("datetime-local", "start", "end", signal)];
}

setInterval(() => automatic && !document.hidden && refresh(), AUTOMATIC);

function zones(): string[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return [...new Set(["UTC", own, state.tz, ...Intl.supportedValuesOf("timeZone")])];
}

function hint(text: string): HTMLElement {
  return element("p", { class: "empty" }, text, " ", button("Sign in", "with keys", () => void signIn()));
}

async function signIn(): Promise<void> {
  const organization = await signInWithKeys(byId<HTMLDialogElement>("dialog"));
  if (organization !== undefined) {
    const before = chosen()?.id ?? new URLSearchParams(location.search).get("organization");
    organizations = [organization];
    state = before === null || before === organization.id ? stateOf(location.search, organizations) : next({ organization: organization.id });
    history.replaceState(null, "", linkOf(state));
    notify(`Signed in to ${organization.id}.`);
    render();
  }
}

byId("sign-in").addEventListener("click", () => void signIn());
byId("toolbar").addEventListener("submit", (event) => event.preventDefault());
addEventListener("popstate", () => {
  state = stateOf(location.search, organizations);
  render();
});
addEventListener("online", () => refresh());
organizations = await signInWithLink();
state = stateOf(location.search, organizations);
render();
