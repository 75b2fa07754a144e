import { element } from "./dom.js";
import { shown } from "./format.js";
import type { Cell, Column, Row } from "./panels.js";

/**
 * A table that scrolls in its own box, so that the page never scrolls sideways.
 *
 * @param decorate gets each cell with its row and the index of its column
 * @param isShown whether the table has a column
 */
export function table(
  title: string,
  columns: Column[],
  rows: Row[],
  zone: string,
  decorate?: (cell: HTMLElement, row: Row, index: number) => void,
  isShown: (column: Column, index: number) => boolean = () => true,
): HTMLElement {
  const indexes = columns.flatMap((column, index) => (isShown(column, index) ? [index] : []));
  const numeric = (cell: Cell | undefined, index: number) => (typeof cell === "number" || columns[index]!.kind === "change" ? { class: "number" } : {});
  const head = indexes.map((index) => element("th", { scope: "col", ...numeric(rows[0]?.[index], index) }, columns[index]!.name));
  const body = rows.map((row) => {
    const cells = indexes.map((index) => {
      const cell = row[index] ?? null;
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
