import uPlot from "uplot";
import { element } from "./dom.js";
import { shown } from "./format.js";
import { type Column, type Content, type Row, isBefore } from "./panels.js";

const HEIGHT = 200;

/** A column that is drawn. */
interface Series {
  column: Column;
  /** Its place in the table. */
  index: number;
  /** A custom property of the style sheet. */
  color: string;
}

/** Draws rows over time: their first column is the time, each other one with numbers a series. Removes itself when `signal` aborts. */
export function chart(title: string, content: Content, zone: string, signal: AbortSignal): HTMLElement {
  const { show, columns, rows } = content;
  const series = seriesOf(columns);
  const box = element("div", { class: "chart", role: "img", "aria-label": summary(title, columns[0]!, series, rows, zone) });
  // A day has no zone; its name is parsed as UTC.
  const axisZone = columns[0]!.kind === "day" ? "UTC" : zone;
  // Half of the first and of the last bar is outside of their times.
  const margin = show === "line" ? 0 : halfBucket(rows);
  let plot: uPlot | undefined;
  const draw = () => {
    plot?.destroy();
    const color = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name);
    const axis = { stroke: color("--quiet"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false } };
    plot = new uPlot(
      {
        width: Math.max(box.clientWidth, 200),
        height: HEIGHT,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), axisZone),
        scales: { x: { range: (_plot, first, last) => [first - margin, last + margin] }, y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.05 : 1] } },
        axes: [axis, { ...axis, size: 60 }],
        legend: { markers: { dash: (_plot, index) => (isBefore(series[index - 1]?.column) ? "dashed" : "solid") } },
        series: [
          { label: columns[0]!.name, value: (_plot, _value, _series, row) => label(row, 0) },
          ...series.map((one) => ({
            label: one.column.name,
            stroke: color(one.color),
            width: 2,
            points: { show: rows.length === 1 },
            ...(isBefore(one.column) ? { alpha: 0.55, dash: [5, 4] } : {}),
            ...(show === "line" ? {} : { fill: color(one.color), paths: uPlot.paths.bars!({ size: [0.8, 60] }) }),
            value: (_plot: uPlot, _value: number, _series: number, row: number | null) => withChange(row, one.index),
          })),
        ],
      },
      data(show, series, rows),
      box,
    );
  };
  const label = (row: number | null, index: number) =>
    row === null ? "–" : shown(rows[row]![index]!, columns[index]!, axisZone);
  const withChange = (row: number | null, index: number) =>
    row !== null && columns[index + 1]?.kind === "change" ? `${label(row, index)} (${label(row, index + 1)})` : label(row, index);

  // uPlot needs the width that the box has on the page.
  const resized = new ResizeObserver(() => {
    if (plot === undefined) {
      draw();
      performance.mark("chart");
    } else {
      plot.setSize({ width: Math.max(box.clientWidth, 200), height: HEIGHT });
    }
  });
  resized.observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw, { signal });
  signal.addEventListener("abort", () => {
    resized.disconnect();
    plot?.destroy();
  });
  return box;
}

/** An earlier window has the colour of the column before it, with which it is compared. */
function seriesOf(columns: Column[]): Series[] {
  let colors = 0;
  return columns.flatMap((column, index) => {
    if (index === 0 || column.role === "undrawn" || ["day", "time", "text", "change"].includes(column.kind)) {
      return [];
    }
    colors += column.role === undefined ? 1 : 0;
    return [{ column, index, color: column.role === "other" ? "--series-other" : `--series-${colors}` }];
  });
}

/** Stacked bars are sums: uPlot draws the first series first, so that each next one covers what is below it. */
function data(show: Content["show"], drawn: Series[], rows: Row[]): uPlot.AlignedData {
  const times = rows.map(([time]) => Date.parse(String(time)) / 1000);
  const series = drawn.map(({ index }) => rows.map((row) => row[index] as number | null));
  if (show !== "stack") {
    return [times, ...series];
  }
  return [
    times,
    ...series.map((_, first) => times.map((_time, row) => series.slice(first).reduce((sum, one) => sum + (one[row] ?? 0), 0))),
  ];
}

/** In seconds; half a day for a single row. */
function halfBucket([first, second]: Row[]): number {
  const seconds = (row: Row | undefined) => Date.parse(String(row?.[0])) / 1000;
  return (seconds(second) - seconds(first)) / 2 || 43_200;
}

function summary(title: string, axis: Column, series: Series[], rows: Row[], zone: string): string {
  const end = (row: Row | undefined) => shown(row?.[0] ?? null, axis, zone);
  const most = series.map(({ column, index }) => {
    const numbers = rows.map((row) => row[index]).filter((value) => typeof value === "number");
    return `${column.name} at most ${numbers.length === 0 ? "unknown" : shown(Math.max(...numbers), column, zone)}`;
  });
  return `Chart of ${title} from ${end(rows[0])} to ${end(rows.at(-1))}: ${most.join(", ")}. The table below has all numbers.`;
}
