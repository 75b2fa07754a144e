import type { Answer, Data, Path } from "@quarry/client";
import { chart } from "./chart.js";
import { copy, curl, typeScript } from "./copy.js";
import { button, element, select } from "./dom.js";
import { sentence } from "./failure.js";
import { csv, shown } from "./format.js";
import { type Cell, type Column, type Content, type Panel, type Question, type Row, isBefore } from "./panels.js";
import type { Reader } from "./reader.js";
import type { Organization } from "./session.js";
import type { State } from "./state.js";
import { table, tiles } from "./table.js";

type Answers = Answer<Data<Path>>[];

const DONE: Record<Question, string> = { filters: "filtered", by: "grouped", compare: "compared" };

/** A panel on the page. */
export interface Shown {
  element: HTMLElement;
  /** Reads the numbers again. Resolves to the answers, or to the failure that the panel shows. */
  refresh: () => Promise<Answers | Error>;
}

export function show(
  panel: Panel,
  state: State,
  organization: Organization,
  reader: Reader,
  change: (change: Partial<State>) => void,
  signal: AbortSignal,
): Shown {
  const asks = panel.asks(state);
  const about = `of ${panel.title}`;
  const body = element("div", { class: "body", "aria-busy": "true" }, element("p", { class: "quiet" }, "Loading …"));
  const failed = element("p", { class: "failure", role: "alert", hidden: "" });
  const heading = element("h2", { id: `${panel.id}-title` }, panel.title);
  const save = button("CSV", about, () => download(`${panel.id}.csv`, csv(content!.columns, content!.rows)));
  save.disabled = true;
  const box = element(
    "section",
    { class: "panel", "data-panel": panel.id, "aria-labelledby": heading.id },
    element("header", {}, heading, element("div", { class: "buttons" },
      button("curl", about, () => copy(curl(asks, organization), `${panel.title} as curl`)),
      button("TypeScript", about, () => copy(typeScript(asks, organization), `${panel.title} as TypeScript`)),
      save,
    )),
    element("p", { class: "quiet" }, panel.note),
    failed,
    body,
  );
  const unanswered = (panel.without ?? []).filter((question) => isAsked(question, state)).map((question) => DONE[question]);
  if (unanswered.length > 0) {
    failed.before(element("p", { class: "quiet" }, `This is not ${new Intl.ListFormat("en", { type: "disjunction" }).format(unanswered)}.`));
  }
  const choices = (panel.choices ?? []).map(({ label, key, options }) => ({ label, key, options: options(state) })).filter(({ options }) => options.length > 0);
  if (choices.length > 0) {
    failed.before(
      element("div", { class: "filter" }, ...choices.map(({ label, key, options }) => select(label, key, options, String(state[key]), (value) => change({ [key]: value })))),
    );
  }

  let drawn: Answers | undefined;
  let content: Content | undefined;
  let drawing = new AbortController();
  signal.addEventListener("abort", () => drawing.abort());

  const draw = (answers: Answers) => {
    drawing.abort();
    drawing = new AbortController();
    content = panel.content(answers.map(({ data }) => data), state);
    // What an answer leaves out may be of its other lists.
    const isCut = content.rows.length >= (panel.limit ?? Infinity) && answers.some(({ groupsOmitted }) => groupsOmitted > 0);
    replace(body, parts(panel.title, content, state.tz, drawing.signal));
    if (isCut) {
      body.append(element("p", { class: "quiet" }, "There are more; this shows the largest."));
    }
    save.disabled = content.rows.length === 0;
    drawn = answers;
  };

  const refresh = async () => {
    body.setAttribute("aria-busy", "true");
    try {
      const answers = await Promise.all(asks.map((ask) => reader.read(ask)));
      if (drawn === undefined || answers.some(({ data }, index) => data !== drawn![index]!.data)) {
        draw(answers);
      }
      failed.hidden = true;
      return answers;
    } catch (failure) {
      if (!signal.aborted) {
        failed.replaceChildren(sentence(failure), button("Try again", about, () => void refresh()));
        failed.hidden = false;
        if (drawn === undefined) {
          body.replaceChildren();
        }
      }
      return failure as Error;
    } finally {
      body.setAttribute("aria-busy", "false");
    }
  };
  return { element: box, refresh };
}

/** Replaces what a box shows. What a person has opened, scrolled or focused in it stays so. */
export function replace(box: HTMLElement, parts: HTMLElement[]): void {
  const places = () => [...box.querySelectorAll<HTMLElement>("summary, .scroll")];
  const nameOf = (place: HTMLElement) => place.getAttribute("aria-label") ?? place.tagName;
  const isOpen = box.querySelector("details")?.open ?? false;
  const before = places().map((place) => ({ name: nameOf(place), left: place.scrollLeft, top: place.scrollTop, isFocused: place === document.activeElement }));
  box.replaceChildren(...parts);
  box.querySelector("details")?.toggleAttribute("open", isOpen);
  for (const { name, left, top, isFocused } of before) {
    const place = places().find((one) => nameOf(one) === name);
    place?.scrollTo(left, top);
    if (isFocused) {
      place?.focus({ preventScroll: true });
    }
  }
}

function isAsked(question: Question, { filters, by, compare }: State): boolean {
  return { filters: Object.keys(filters).length > 0, by: by !== "none", compare: compare !== "none" }[question];
}

function parts(title: string, content: Content, zone: string, signal: AbortSignal): HTMLElement[] {
  const { show, columns, rows, changes, remarks } = content;
  if (rows.length === 0) {
    return [element("p", { class: "empty" }, "There is nothing in this window.")];
  }
  const compared = changes === undefined ? [] : [element("div", { class: "changes" }, table(`Changes of ${title}`, changes.columns, changes.rows, zone))];
  const remarked = (remarks ?? []).map((remark) => element("p", { class: "quiet" }, remark));
  const isChart = show === "line" || show === "bars" || show === "stack";
  const hasMore = isChart || (show === "triangle" && columns.some(isBefore));
  return [main(title, content, zone, signal), ...compared, ...remarked, ...(hasMore ? [numbers(title, content, zone)] : [])];
}

/** What people see first. */
function main(title: string, content: Content, zone: string, signal: AbortSignal): HTMLElement {
  const { show, columns, rows } = content;
  switch (show) {
    case "tiles":
      return tiles(columns, rows, zone);
    case "table":
      return table(title, columns, rows, zone, rating);
    case "triangle":
      return triangle(title, columns, rows, zone);
    default:
      return chart(title, content, zone, signal);
  }
}

/** The table of all numbers. */
function numbers(title: string, { columns, rows }: Content, zone: string): HTMLElement {
  return element(
    "details",
    {},
    element("summary", {}, "Table", element("span", { class: "hidden" }, ` of ${title}`)),
    table(`Table of ${title}`, columns, rows, zone),
  );
}

/** Cohorts: their sizes, and the numbers of users who returned. Of an earlier window it shows the change, and the rest as tooltips. */
function triangle(title: string, columns: Column[], rows: Row[], zone: string): HTMLElement {
  const size = columns.findIndex(({ kind }) => kind === "number");
  const decorate = (cell: HTMLElement, row: Row, index: number) => {
    if (index > size) {
      shade(cell, row[index], row[size]);
    }
    if (row[index] === null || !isBefore(columns[index + 1])) {
      return;
    }
    const [before, users] = [index + 1, size + 1].map((earlier) => shown(row[earlier]!, columns[earlier]!, zone));
    cell.title = row[index + 1] === null ? "No data before" : index > size ? `Before: ${before} of ${users}` : `Before: ${before}`;
    const change = columns[index + 2];
    if (change?.kind === "change") {
      cell.append(element("small", {}, shown(row[index + 2]!, change, zone)));
    }
  };
  return table(title, columns, rows, zone, decorate, (column, index) => index === 0 || (column.kind === "number" && !isBefore(column)));
}

/** Colours the ratings of web vitals. */
function rating(cell: HTMLElement, row: Row, index: number): void {
  if (row[index] === "good" || row[index] === "needs-improvement" || row[index] === "poor") {
    cell.classList.add("rating", row[index]);
  }
}

/** Shades a number of returned users by their share of the cohort. */
function shade(cell: HTMLElement, returned: Cell | undefined, size: Cell | undefined): void {
  if (typeof returned === "number" && typeof size === "number" && size > 0) {
    cell.classList.add(`share-${Math.ceil((returned / size) * 5)}`);
  }
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  element("a", { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
