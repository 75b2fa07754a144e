import type { Schemas } from "@quarry/client";
import { type Line, inWords, remarks, sideBySide, sums } from "../comparison.js";
import { type Ask, type Content, type Kind, MOST_GROUPS, type Panel, type Row, ask, column, fixedPanel, panel } from "../panels.js";
import { type State, daysBetween } from "../state.js";

type Envelope = Schemas["IntegrationsDashboardEnvelope"];

/** A row, and the one in its place in an earlier window. */
interface Pair<R> {
  current: R | null;
  previous: R | null;
}

/** A number of a row. */
type Measure<R> = readonly [title: string, of: (row: R) => number, kind?: Kind];

interface Part<R> extends Omit<Panel, "asks" | "content"> {
  /** The rows among those of all panels. */
  rows: (envelope: Envelope) => R[];
  /** Asks for this panel's rows beside those of an earlier window. */
  compared: (query: ReturnType<typeof comparedSpan>) => Ask<(R | Pair<R>)[]>;
  content: (pairs: Pair<R>[], compare: State["compare"]) => Content;
}

function span({ from, to, tz }: State) {
  return { start_date: from, end_date: to, tz, granularity: daysBetween(from, to) <= 2 ? "hour" : "day" };
}

function comparedSpan(state: State) {
  return { ...span(state), compare: state.compare };
}

/** One request for all panels, so that they agree. Its summary always has an earlier window. */
function envelope(state: State): Ask<Envelope>[] {
  const compare = state.compare === "year" ? { compare: state.compare } : {};
  return [ask("/v1/analytics/integrations/dashboard", { query: { ...span(state), limit: MOST_GROUPS, ...compare } })];
}

/** A panel of the envelope, or with a comparison one of its own. */
function part<R>({ rows, compared, content, ...one }: Part<R>): Panel {
  return panel<Envelope | (R | Pair<R>)[]>({
    ...one,
    asks: (state) => (state.compare === "none" ? envelope(state) : [compared(comparedSpan(state))]),
    content: ([answer], { compare }) => {
      const pairs = Array.isArray(answer) ? (answer as Pair<R>[]) : rows(answer!).map((current) => ({ current, previous: null }));
      return content(pairs, compare);
    },
  });
}

function lines<R>(measures: readonly Measure<R>[], pairs: Pair<R>[], compare: State["compare"]): Line[] {
  return measures.map(([name, of, kind = "number"]) => {
    const value = (row: R | null) => (row === null ? null : of(row));
    return {
      name,
      kind,
      values: pairs.map(({ current }) => value(current)),
      before: compare === "none" ? undefined : { values: pairs.map(({ previous }) => value(previous)) },
    };
  });
}

function series<R extends { time_bucket: string }>(show: Content["show"], measures: readonly Measure<R>[], isSum: boolean) {
  return (all: Pair<R>[], compare: State["compare"]): Content => {
    const pairs = all.filter(({ current }) => current !== null);
    const earlier = compare === "none" ? undefined : pairs.map(({ previous }) => previous?.time_bucket ?? null);
    const shown = lines(measures, pairs, compare);
    return {
      show: compare === "none" ? show : "line",
      ...sideBySide(column("Time", "time"), pairs.map(({ current }) => current!.time_bucket), earlier, shown),
      changes: isSum ? sums(shown) : undefined,
      remarks: remarks(compare),
    };
  };
}

/** Groups that only the earlier window has come last. */
function groups<R>(title: string, name: (row: R) => string, measures: readonly Measure<NoInfer<R>>[]) {
  return (pairs: Pair<R>[], compare: State["compare"]): Content => ({
    show: "table",
    ...sideBySide(column(title, "text"), pairs.map(({ current, previous }) => name((current ?? previous)!)), undefined, lines(measures, pairs, compare)),
  });
}

type Total = number | null | undefined;

function total(title: string, current: Total = null, previous: Total = null, change: Total = null): Row {
  return [title, current, previous, inWords(change, current, previous)];
}

type Group = Omit<Schemas["IntegrationsInvocationsByModeRow"], "mode">;

const GROUP_MEASURES: readonly Measure<Group>[] = [
  ["Calls", (one) => one.invocations],
  ["Successful", (one) => one.successful],
  ["Vendor errors", (one) => one.vendor_errors],
  ["Exceptions", (one) => one.exceptions],
  ["Success", (one) => one.success_rate_pct, "percent"],
  ["p95", (one) => one.p95_latency_ms, "milliseconds"],
];

export const INTEGRATIONS: Panel[] = [
  fixedPanel<Envelope>({
    id: "summary",
    title: "This period against an earlier one",
    note: "The earlier period is as long as this one. It ends the day before this one, or begins a year earlier if you compare with that.",
    show: "table",
    columns: [column("Measure", "text"), column("This period"), column("Earlier period"), column("Change", "change")],
    asks: envelope,
    rows: ([answer]) =>
      answer!.summary.flatMap((one) => [
        total("Calls", one.current_invocations, one.previous_invocations, one.pct_change_invocations),
        total("Failures", one.current_failures, one.previous_failures, one.pct_change_failures),
        total("Success in %", one.current_success_rate_pct, one.previous_success_rate_pct, one.pct_change_success_rate_pct),
        total("Average latency in ms", one.current_avg_latency_ms, one.previous_avg_latency_ms, one.pct_change_avg_latency_ms),
        total("p95 latency in ms", one.current_p95_latency_ms, one.previous_p95_latency_ms, one.pct_change_p95_latency_ms),
      ]),
  }),
  part<Schemas["IntegrationsInvocationsTimeseriesRow"]>({
    id: "usage",
    title: "Calls by outcome",
    note: "How the calls of integrations ended.",
    rows: ({ usage }) => usage,
    compared: (query) => ask("/v1/analytics/integrations/usage", { query }),
    content: series("stack", [["Successful", (one) => one.successful], ["Vendor errors", (one) => one.vendor_errors], ["Exceptions", (one) => one.exceptions]], true),
  }),
  part<Schemas["IntegrationsSuccessRateTimeseriesRow"]>({
    id: "success-rate",
    title: "Success rate",
    note: "Successful calls in percent of all; 0 without calls.",
    rows: ({ success_rate }) => success_rate,
    compared: (query) => ask("/v1/analytics/integrations/success-rate", { query }),
    content: series("line", [["Success", (one) => one.success_rate_pct, "percent"]], false),
  }),
  part<Schemas["IntegrationsLatencyTimeseriesRow"]>({
    id: "latency",
    title: "Latency",
    note: "Percentiles of the latency, failures included.",
    rows: ({ latency }) => latency,
    compared: (query) => ask("/v1/analytics/integrations/latency", { query }),
    content: series(
      "line",
      [
        ["p50", (one) => one.p50_ms, "milliseconds"],
        ["p90", (one) => one.p90_ms, "milliseconds"],
        ["p95", (one) => one.p95_ms, "milliseconds"],
        ["p99", (one) => one.p99_ms, "milliseconds"],
      ],
      false,
    ),
  }),
  part<Schemas["IntegrationsInvocationsByIntegrationRow"]>({
    id: "by-integration",
    title: "By integration",
    note: "The busiest integrations.",
    rows: ({ by_integration }) => by_integration,
    limit: MOST_GROUPS,
    compared: (query) => ask("/v1/analytics/integrations/by-integration", { query: { ...query, limit: MOST_GROUPS } }),
    content: groups("Integration", ({ integration_key }) => integration_key, GROUP_MEASURES),
  }),
  part<Schemas["IntegrationsInvocationsByModeRow"]>({
    id: "by-mode",
    title: "By mode",
    note: "The busiest modes.",
    rows: ({ by_mode }) => by_mode,
    limit: MOST_GROUPS,
    compared: (query) => ask("/v1/analytics/integrations/by-mode", { query: { ...query, limit: MOST_GROUPS } }),
    content: groups("Mode", ({ mode }) => mode, GROUP_MEASURES),
  }),
  part<Schemas["IntegrationsErrorBreakdownRow"]>({
    id: "errors",
    title: "Errors",
    note: "The most frequent categories of failures.",
    rows: ({ error_breakdown }) => error_breakdown,
    limit: MOST_GROUPS,
    compared: (query) => ask("/v1/analytics/integrations/error-breakdown", { query: { ...query, limit: MOST_GROUPS } }),
    content: groups("Category", ({ error_category }) => error_category, [
      ["Failures", (one) => one.count],
      ["Share", (one) => one.share_pct, "percent"],
    ]),
  }),
];
