import { type Cell, type Column, type Kind, type Table, column } from "./panels.js";
import type { State } from "./state.js";

type Values = (number | null)[];

/** The values of consecutive buckets, and those of the buckets in the same places of an earlier window. */
export interface Line {
  name: string;
  kind: Kind;
  role?: Exclude<Column["role"], "before">;
  values: Values;
  before?: { values: Values; changes?: Values } | undefined;
}

/**
 * Lines as a table: each beside its earlier values and the change.
 *
 * @param earlier the buckets of the earlier window, if there is one
 */
export function sideBySide(axis: Column, buckets: string[], earlier: (string | null)[] | undefined, lines: Line[]): Table {
  const parts: [Column, Cell[]][] = [[axis, buckets]];
  if (earlier !== undefined) {
    parts.push([column("Compared with", axis.kind), earlier]);
  }
  for (const { name, kind, role, values, before } of lines) {
    parts.push([column(name, kind, role), values]);
    if (before !== undefined) {
      parts.push([column(`${name} before`, kind, role ?? "before"), before.values]);
    }
    if (before?.changes !== undefined) {
      parts.push([column(`${name} change`, "change"), before.changes]);
    }
  }
  return { columns: parts.map(([one]) => one), rows: buckets.map((_, row) => parts.map(([, cells]) => cells[row] ?? null)) };
}

/** What the lines of an earlier window are, if there is one. */
export function remarks(compare: State["compare"]): string[] {
  return compare === "none" ? [] : [`The lighter lines are those of ${compare === "year" ? "a year earlier" : "the time before"}.`];
}

/** The sum; null if a value is not known. */
export function sum(values: Values): number | null {
  return values.includes(null) ? null : values.reduce<number>((total, one) => total + one!, 0);
}

/** The sums of compared lines, whose values can be added. */
export function sums(lines: Line[]): Table | undefined {
  return changes("Sum", "Sum before", lines, ({ values }, before) => {
    const [current, previous] = [sum(values), sum(before.values)];
    return [current, previous, change(current, previous)];
  });
}

/** The newest values of compared lines, below the names of their buckets. */
export function newest(bucket: string, earlier: string, lines: Line[]): Table | undefined {
  const last = (values: Values | undefined) => values?.at(-1) ?? null;
  return changes(bucket, earlier, lines, ({ values }, before) => [last(values), last(before.values), last(before.changes)]);
}

type Compared = NonNullable<Line["before"]>;

function changes(now: string, then: string, lines: Line[], three: (line: Line, before: Compared) => [current: number | null, previous: number | null, percent: number | null]): Table | undefined {
  const rows = lines.flatMap((line) => {
    if (line.before === undefined) {
      return [];
    }
    const [current, previous, percent] = three(line, line.before);
    return [[line.name, current, previous, inWords(percent, current, previous)]];
  });
  const kind = lines[0]?.kind ?? "number";
  return rows.length === 0
    ? undefined
    : { columns: [column("Series", "text"), column(now, kind), column(then, kind), column("Change", "change")], rows };
}

/** The change in percent of the earlier value, rounded as the APIs do: two decimals, half away from zero. */
function change(current: number | null, previous: number | null): number | null {
  if (current === null || previous === null || previous === 0) {
    return null;
  }
  const size = Math.round((Math.abs(current - previous) * 10_000) / previous) / 100;
  return current < previous ? 0 - size : size;
}

/** A part of a whole; null where it is not known. */
export interface Share {
  part: number | null;
  whole: number | null;
}

/** In percent, rounded as the APIs do; 0 of nothing. */
export function percentOf({ part, whole }: Share): number | null {
  return part === null || whole === null ? null : whole === 0 ? 0 : Math.round((part * 10_000) / whole) / 100;
}

/** The change of a share in percent of the earlier share; null if either is of nothing. Only the result is rounded. */
export function changeOfShare(current: Share, previous: Share): number | null {
  const product = (one: number | null, other: number | null) => (one === null || other === null ? null : one * other);
  return change(product(current.part, previous.whole), product(previous.part, current.whole));
}

/** The change, or why there is none. */
export function inWords(percent: number | null, current: number | null, previous: number | null): Cell {
  return percent ?? (current === null ? "no data now" : previous === null ? "no data before" : "nothing before");
}
