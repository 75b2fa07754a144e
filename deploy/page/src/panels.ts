import type { Data, Parameters, Path } from "@quarry/client";
import type { State } from "./state.js";

/** A request, typed by its answer. */
export interface Ask<T = unknown> {
  path: Path;
  parameters: { path?: Record<string, string>; query?: Record<string, unknown> };
  /** Only for the type. */
  answer?: T;
}

export type Cell = string | number | null;
export type Row = Cell[];

/** How a column's values are shown. */
export type Kind = "day" | "time" | "text" | "number" | "percent" | "milliseconds" | "seconds";

export interface Column {
  name: string;
  kind: Kind;
}

/** A part of a view: what to ask, and how to show the answers as a table of rows. */
export interface Panel<T = any> {
  id: string;
  title: string;
  /** What the numbers mean, in a sentence. */
  note: string;
  show: "line" | "bars" | "stack" | "table" | "tiles" | "triangle";
  columns: Column[];
  asks: (state: State) => Ask<T>[];
  rows: (answers: T[]) => Row[];
  /** A choice that only this panel has. */
  choice?: { label: string; key: "dimension"; values: readonly string[] };
}

/** How many groups a table shows at most. */
export const MOST_GROUPS = 20;

export function ask<P extends Path>(path: P, parameters: Parameters<P>): Ask<Data<P>> {
  return { path, parameters: parameters as Ask["parameters"] };
}

/** Gives each panel the type of its answers. */
export function panel<T>(one: Panel<T>): Panel {
  return one;
}

export const column = (name: string, kind: Kind = "number"): Column => ({ name, kind });
