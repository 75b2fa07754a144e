import type { Quarry } from "@quarry/client";
import { button, element, input, select } from "./dom.js";
import { sentence } from "./failure.js";
import { nameOf } from "./format.js";
import { DIMENSIONS, type Dimension, type State, titleOf } from "./state.js";

type Change = (changed: Partial<State>) => void;

/** How many values a person can choose from; others can be typed. */
const MOST_VALUES = 1000;

/** The filters that are set, and a button for another one. */
export function filters(state: State, quarry: Quarry, change: Change, signal: AbortSignal): HTMLElement {
  const open = (dimension: Dimension) => choose(dimension, state, quarry, change, signal);
  const set = DIMENSIONS.filter((dimension) => state.filters[dimension] !== undefined).map((dimension) =>
    element(
      "span",
      { class: "chip" },
      button(`${titleOf(dimension)}: ${valuesOf(state, dimension).map(nameOf).join(", ")}`, "(change the filter)", () => open(dimension), `filter-${dimension}`),
      button("Remove", `the filter by ${dimension}`, () => change({ filters: without(state, dimension) }), `unfilter-${dimension}`),
    ),
  );
  const free = DIMENSIONS.find((dimension) => state.filters[dimension] === undefined) ?? DIMENSIONS[0];
  return element("div", { class: "filters", role: "group", "aria-label": "Filters" }, ...set, button("Filter", "by a property", () => open(free), "filter"));
}

function valuesOf(state: State, dimension: Dimension): string[] {
  const joined = state.filters[dimension];
  return joined === undefined ? [] : split(joined);
}

/** A value and the comma after it. A value in quotation marks may have commas, and two quotation marks in it are one. */
const VALUE = /(?:"((?:[^"]|"")*)"|([^",][^,]*|)),/gy;

/** The values of a filter, as the API splits them. Those after a malformed one are missing; the API refuses such a filter. */
function split(joined: string): string[] {
  return [...`${joined},`.matchAll(VALUE)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!);
}

function join(values: Iterable<string>): string {
  return [...values].map((value) => (value.startsWith('"') || value.includes(",") ? `"${value.replaceAll('"', '""')}"` : value)).join(",");
}

function without(state: State, dimension: Dimension): State["filters"] {
  return Object.fromEntries(Object.entries(state.filters).filter(([name]) => name !== dimension));
}

/** Asks which values of a dimension count. */
function choose(first: Dimension, state: State, quarry: Quarry, change: Change, signal: AbortSignal): void {
  let dimension = first;
  let chosen = new Set<string>();
  /** The values that users have, those of most users first. */
  let known: { key: string; count: number }[] = [];
  let reading = new AbortController();

  const list = element("div", { class: "values" });
  const status = element("p", { class: "quiet", role: "status" });
  const failed = element("p", { class: "failure", role: "alert", hidden: "" });
  const find = element("input", { name: "find", type: "search", spellcheck: "false" });
  const property = select("Property", "property", DIMENSIONS.map((one) => [one, one]), dimension, (value) => void read(value as Dimension));
  const form = element(
    "form",
    {},
    element("h2", { id: "filter-title" }, "Filter"),
    property,
    element("label", {}, "Find or type a value", find),
    element("fieldset", {}, element("legend", {}, "Only events with one of"), list),
    status,
    failed,
    element("div", { class: "buttons" }, element("button", { type: "submit" }, "Apply"), button("Cancel", "", () => dialog.close())),
  );
  const dialog: HTMLDialogElement = element("dialog", { "aria-labelledby": "filter-title" }, form);

  const tell = () => (status.textContent = `${chosen.size} ${chosen.size === 1 ? "value" : "values"} chosen.`);
  const choice = (value: string, users: number | undefined) => {
    const label: HTMLLabelElement = input(`${nameOf(value)}${users === undefined ? "" : ` (${users})`}`, { type: "checkbox", value }, () => {
      if (box.checked) {
        chosen.add(value);
      } else {
        chosen.delete(value);
      }
      tell();
    });
    const box = label.querySelector("input")!;
    box.checked = chosen.has(value);
    return label;
  };
  /** Shows the values that have the text: those that are known, and the text itself. */
  const draw = () => {
    const text = find.value.trim();
    const counts = new Map(known.map(({ key, count }) => [key, count]));
    const values = new Set([...[...chosen].filter((value) => !counts.has(value)), ...counts.keys(), ...(text === "" ? [] : [text])]);
    const found = [...values].filter((value) => nameOf(value).toLowerCase().includes(text.toLowerCase()));
    list.replaceChildren(...found.map((value) => choice(value, counts.get(value))));
    tell();
  };
  /** The value that a typed text means: the one that it names, else the first that is shown, which is the text itself if no other has it. */
  const meant = (text: string) => {
    const values = [...chosen, ...known.map(({ key }) => key)];
    const isNamed = (value: string) => nameOf(value).toLowerCase() === text.toLowerCase();
    return values.find((value) => value === text) ?? values.find(isNamed) ?? list.querySelector("input")!.value;
  };
  /** Shows the values of another dimension. */
  const read = async (another: Dimension) => {
    dimension = another;
    chosen = new Set(valuesOf(state, dimension));
    known = [];
    find.value = "";
    failed.hidden = true;
    reading.abort();
    reading = new AbortController();
    const running = reading.signal;
    list.setAttribute("aria-busy", "true");
    draw();
    try {
      known = (await quarry.get("/v1/metrics/users-by", { query: { dimension, limit: MOST_VALUES } }, { signal: running })).data.data;
      draw();
    } catch (failure) {
      if (!running.aborted) {
        failed.textContent = sentence(failure);
        failed.hidden = false;
      }
    } finally {
      if (!running.aborted) {
        list.setAttribute("aria-busy", "false");
      }
    }
  };

  find.addEventListener("input", draw);
  find.addEventListener("keydown", (event) => {
    const text = find.value.trim();
    if (event.key === "Enter" && text !== "") {
      event.preventDefault();
      chosen.add(meant(text));
      find.value = "";
      draw();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    dialog.close();
    change({ filters: chosen.size === 0 ? without(state, dimension) : { ...state.filters, [dimension]: join(chosen) } });
  });
  dialog.addEventListener("close", () => {
    reading.abort();
    dialog.remove();
  });
  signal.addEventListener("abort", () => dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  void read(dimension);
}
