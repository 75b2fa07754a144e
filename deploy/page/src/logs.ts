import type { LogEntry, LogType, Quarry } from "@quarry/client";
import { button, element, input, select } from "./dom.js";
import { sentence } from "./failure.js";
import { moment } from "./format.js";
import { replace } from "./panel.js";
import type { Column, Row } from "./panels.js";
import type { State } from "./state.js";
import { table } from "./table.js";

const PAGE = 50;
const MOST_FOLLOWED = 200;
const LONGEST = 168;

const COLUMNS: Record<LogType, Column[]> = {
  runtime: ["Time", "Level", "Message", "Route"].map((name) => ({ name, kind: name === "Time" ? "time" : "text" })),
  requests: ["Time", "Status", "Method", "Path", "Milliseconds"].map((name) => ({ name, kind: name === "Time" ? "time" : "number" })),
};

type Entry = LogEntry<"runtime"> | LogEntry<"requests">;

function row(entry: Entry): Row {
  return "level" in entry
    ? [entry.timestamp, entry.level, entry.message, entry.route_path]
    : [entry.timestamp, entry.status_code, entry.method, entry.path, entry.duration_ms];
}

/** The log of an app: a search that continues by cursor, and the tail. */
export function logs(quarry: Quarry, state: State, signal: AbortSignal): HTMLElement {
  const filter: { log_type: LogType; level: string; q: string } = { log_type: "runtime", level: "", q: "" };
  const hours = Math.min(state.hours, LONGEST);
  const list = element("div", { class: "body" });
  const status = element("p", { class: "quiet", role: "status" });
  const failed = element("p", { class: "failure", role: "alert", hidden: "" });
  let entries: Entry[] = [];
  let next: string | undefined;
  /** The search that runs. */
  let search: AbortController | undefined;
  /** Whether a person follows the log: then the tail starts as soon as no search runs. */
  let follows = false;
  let tail: AbortController | undefined;
  signal.addEventListener("abort", () => {
    search?.abort();
    tail?.abort();
  });

  const query = () => ({
    log_type: filter.log_type,
    ...(filter.level === "" || filter.log_type === "requests" ? {} : { level: filter.level }),
    ...(filter.q === "" ? {} : { q: filter.q }),
  });
  const draw = () => {
    replace(list, [
      entries.length === 0
        ? element("p", { class: "empty" }, "There is no such entry.")
        : table("Log", COLUMNS[filter.log_type], entries.map(row), state.tz),
    ]);
    older.disabled = next === undefined || follows;
  };
  const box = () => list.querySelector<HTMLElement>(".scroll");
  const fail = (failure: unknown) => {
    failed.textContent = sentence(failure);
    failed.hidden = false;
  };

  /** Reads the next page, or the first one. */
  const read = async (before: string | undefined) => {
    search?.abort();
    search = new AbortController();
    const running = search.signal;
    failed.hidden = true;
    list.setAttribute("aria-busy", "true");
    try {
      const page = await quarry.logPage(state.app, { ...query(), hours, limit: PAGE, ...(before === undefined ? {} : { before }) }, { signal: running });
      entries = before === undefined ? page.entries : [...entries, ...page.entries];
      next = page.next;
      draw();
      if (before === undefined) {
        box()?.scrollTo(0, 0);
      }
      status.textContent = `${entries.length} entries of the last ${hours} hours${next === undefined ? "" : "; there may be older ones"}.`;
    } catch (failure) {
      if (!running.aborted) {
        // New entries on top of these would hide that some are missing.
        if (follows) {
          setFollows(false);
        }
        fail(failure);
      }
    }
    // After another search has begun, or the view is gone, this one must not go on.
    if (!running.aborted) {
      search = undefined;
      list.setAttribute("aria-busy", "false");
      if (follows) {
        void followOn();
      }
    }
  };

  /** Puts new entries on top as they arrive. */
  const followOn = async () => {
    const stop = new AbortController();
    tail = stop;
    try {
      const onConnection = (connected: boolean) => {
        status.textContent = connected ? `Following new entries since ${moment(new Date(), state.tz)}.` : "Connecting again …";
      };
      for await (const entry of quarry.tail(state.app, query(), { signal: stop.signal, onConnection })) {
        entries = [entry, ...entries];
        if (entries.length > MOST_FOLLOWED) {
          entries = entries.slice(0, MOST_FOLLOWED);
          // The cursor continues after entries that are no longer shown.
          next = undefined;
        }
        const isReading = (box()?.scrollTop ?? 0) > 0;
        draw();
        if (isReading) {
          // The entries that a person reads stay where they are.
          box()!.scrollTop += box()!.querySelector<HTMLElement>("tbody tr")!.offsetHeight;
        }
      }
    } catch (failure) {
      fail(failure);
    }
    if (tail === stop) {
      setFollows(false);
    }
  };
  const stopTail = () => {
    tail?.abort();
    tail = undefined;
    status.textContent = "";
  };
  const setFollows = (wanted: boolean) => {
    follows = wanted;
    follow.firstChild!.textContent = wanted ? "Stop" : "Follow";
    follow.setAttribute("aria-pressed", String(wanted));
    older.disabled = next === undefined || wanted;
    if (!wanted) {
      stopTail();
    } else {
      // Entries may have come since the list was read.
      void read(undefined);
    }
  };
  const restart = (change: Partial<typeof filter>) => {
    Object.assign(filter, change);
    stopTail();
    // The cursor continues another search.
    next = undefined;
    older.disabled = true;
    void read(undefined);
  };

  const older = button("Older", "entries", () => void read(next));
  older.disabled = true;
  const follow = button("Follow", "the log", () => setFollows(!follows));
  follow.setAttribute("aria-pressed", "false");
  const texts = (...values: string[]) => values.map((value) => [value, value] as const);
  void read(undefined);
  return element(
    "section",
    { class: "panel wide", "data-panel": "logs", "aria-labelledby": "logs-title" },
    element("header", {}, element("h2", { id: "logs-title" }, "Log")),
    element(
      "div",
      { class: "filter" },
      select("Entries", "log_type", texts("runtime", "requests"), "runtime", (value) => restart({ log_type: value as LogType })),
      select("Level", "level", [["", "all"], ...texts("error", "warn", "info", "log")], "", (level) => restart({ level })),
      input("Contains", { name: "q", type: "search", maxlength: "200" }, (q) => restart({ q })),
      older,
      follow,
    ),
    status,
    failed,
    list,
  );
}
