import type { Cell, Column, Kind } from "./panels.js";

const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: 20 });
const UNITS: Partial<Record<Kind, string>> = { percent: " %", change: " %", milliseconds: " ms", seconds: " s" };

/** Numbers are not rounded: people see what the API answered. */
export function shown(cell: Cell, { kind }: Column, zone: string): string {
  if (cell === null) {
    return "–";
  }
  if (typeof cell === "number") {
    return (kind === "change" && cell > 0 ? "+" : "") + NUMBER.format(cell) + (UNITS[kind] ?? "");
  }
  if (kind === "time") {
    return moment(new Date(cell), zone);
  }
  return nameOf(cell);
}

/** Such as a country; empty for what has none. */
export function nameOf(value: string): string {
  return value === "" ? "(none)" : value;
}

/** Such as `2026-11-28 21:05:36`, in the zone. */
export function moment(time: Date, zone: string): string {
  return time.toLocaleString("sv-SE", { timeZone: zone });
}

/** Such as `2026-11-28T21:05`, in the zone: the form of an input of a time. */
export function minuteOf(time: Date, zone: string): string {
  return moment(time, zone).slice(0, 16).replace(" ", "T");
}

/** The first characters of what a spreadsheet evaluates, as in the CSV of the APIs. */
const FORMULA = /^[=+\-@\t\r]/;

/** RFC 4180, with a header. Producers of events choose texts, so an apostrophe keeps a spreadsheet from evaluating them. */
export function csv(columns: Column[], rows: Cell[][]): string {
  const quoted = (cell: Cell) => {
    const text = cell === null ? "" : typeof cell === "string" && FORMULA.test(cell) ? `'${cell}` : String(cell);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns.map(({ name }) => name), ...rows].map((row) => row.map(quoted).join(",") + "\r\n").join("");
}
