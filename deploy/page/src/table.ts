import { element } from "./dom.js";
import { shown } from "./format.js";
import type { Cell, Column, Row } from "./panels.js";

/** A table that scrolls in its own box, so that the page never scrolls sideways. */
export function table(title: string, columns: Column[], rows: Row[], zone: string, decorate?: (cell: HTMLElement, row: Row, index: number) => void): HTMLElement {
  const numeric = (cell: Cell | undefined, index: number) => (typeof cell === "number" || columns[index]!.kind === "change" ? { class: "number" } : {});
  const head = columns.map(({ name }, index) => element("th", { scope: "col", ...numeric(rows[0]?.[index], index) }, name));
  const body = rows.map((row) => {
    const cells = row.map((cell, index) => {
      const made = element(index === 0 ? "th" : "td", { ...(index === 0 ? { scope: "row" } : {}), ...numeric(cell, index) }, shown(cell, columns[index]!, zone));
      decorate?.(made, row, index);
      return made;
    });
    return element("tr", {}, ...cells);
  });
  return element(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
    element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body)),
  );
}

/** A few numbers with their names. */
export function tiles(columns: Column[], [row]: Row[], zone: string): HTMLElement {
  return element(
    "dl",
    { class: "tiles" },
    ...columns.map((column, index) =>
      element("div", {}, element("dt", {}, column.name), element("dd", {}, shown(row?.[index] ?? null, column, zone))),
    ),
  );
}
