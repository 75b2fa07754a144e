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
export type Kind = "day" | "time" | "text" | "number" | "percent" | "change" | "milliseconds" | "seconds";

export interface Column {
  name: string;
  kind: Kind;
  /** A chart draws the values of an earlier window lighter, those of the other groups in grey, and `undrawn` ones not. */
  role?: "before" | "other" | "undrawn";
}

export interface Table {
  columns: Column[];
  rows: Row[];
}

/** What a panel shows of its answers: a table, and how to draw it. */
export interface Content extends Table {
  show: "line" | "bars" | "stack" | "table" | "tiles" | "triangle";
  /** This window and an earlier one, in a few numbers. */
  changes?: Table | undefined;
  /** What a person has to know of just this content. */
  remarks?: string[];
}

/** A choice that only one panel has. */
export interface Choice {
  label: string;
  key: "dimension" | "granularity" | "unit" | "after" | "week_start" | "active" | "statistic" | "pages" | "groups";
  options: (state: State) => readonly (readonly [value: string, text: string])[];
}

/** What a person can ask of a whole view. */
export type Question = "filters" | "by" | "compare";

/** A part of a view: what to ask, and how to show the answers. */
export interface Panel<T = any> {
  id: string;
  title: string;
  /** What the numbers mean, in a sentence. */
  note: string;
  asks: (state: State) => Ask<T>[];
  content: (answers: T[], state: State) => Content;
  /** A choice without options is not shown. */
  choices?: Choice[];
  /** How many rows the API lists at most, if it leaves out the others. */
  limit?: number;
  /** The questions that its API does not answer. */
  without?: readonly Question[];
}

/** A panel whose columns are always the same. */
interface FixedPanel<T> extends Omit<Panel<T>, "content"> {
  show: Content["show"];
  columns: Column[];
  rows: (answers: T[]) => Row[];
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

export function fixedPanel<T>({ show, columns, rows, ...one }: FixedPanel<T>): Panel {
  return { ...one, content: (answers: T[]) => ({ show, columns, rows: rows(answers) }) };
}

/** Whether a column has the values of an earlier window. */
export function isBefore(column: Column | undefined): boolean {
  return column?.role === "before";
}

export function column(name: string, kind: Kind = "number", role?: Column["role"]): Column {
  return role === undefined ? { name, kind } : { name, kind, role };
}
