import uPlot from "uplot";
import { element } from "./dom.js";
import { shown } from "./format.js";
import type { Panel, Row } from "./panels.js";

const HEIGHT = 200;

/** Draws rows over time: their first column is the time, each other one a series. Removes itself when `signal` aborts. */
export function chart(panel: Panel, rows: Row[], zone: string, signal: AbortSignal): HTMLElement {
  const box = element("div", { class: "chart", role: "img", "aria-label": summary(panel, rows, zone) });
  // A day has no zone; its name is parsed as UTC.
  const axisZone = panel.columns[0]!.kind === "day" ? "UTC" : zone;
  // Half of the first and of the last bar is outside of their times.
  const margin = panel.show === "line" ? 0 : halfBucket(rows);
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
        series: [
          { label: panel.columns[0]!.name, value: (_plot, _value, _series, row) => label(row, 0) },
          ...panel.columns.slice(1).map((column, index) => ({
            label: column.name,
            stroke: color(`--series-${index + 1}`),
            width: 2,
            points: { show: rows.length === 1 },
            ...(panel.show === "line" ? {} : { fill: color(`--series-${index + 1}`), paths: uPlot.paths.bars!({ size: [0.8, 60] }) }),
            value: (_plot: uPlot, _value: number, _series: number, row: number | null) => label(row, index + 1),
          })),
        ],
      },
      data(panel, rows),
      box,
    );
  };
  const label = (row: number | null, index: number) =>
    row === null ? "–" : shown(rows[row]![index]!, panel.columns[index]!, axisZone);

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

/** Stacked bars are sums: uPlot draws the first series first, so that each next one covers what is below it. */
function data(panel: Panel, rows: Row[]): uPlot.AlignedData {
  const column = (index: number) => rows.map((row) => row[index] as number | null);
  const times = rows.map(([time]) => Date.parse(String(time)) / 1000);
  const series = panel.columns.slice(1).map((_, index) => column(index + 1));
  if (panel.show !== "stack") {
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

function summary({ title, columns }: Panel, rows: Row[], zone: string): string {
  const end = (row: Row | undefined) => shown(row?.[0] ?? null, columns[0]!, zone);
  const most = columns.slice(1).map((column, index) => {
    const numbers = rows.map((row) => row[index + 1]).filter((value) => typeof value === "number");
    return `${column.name} at most ${numbers.length === 0 ? "unknown" : shown(Math.max(...numbers), column, zone)}`;
  });
  return `Chart of ${title} from ${end(rows[0])} to ${end(rows.at(-1))}: ${most.join(", ")}. The table below has all numbers.`;
}
