import type { LogEntry, LogType, Quarry } from "@quarry/client";
import { button, element, input, select } from "./dom.js";
import { sentence } from "./failure.js";
import { moment } from "./format.js";
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
  let search = new AbortController();
  let following: AbortController | undefined;
  signal.addEventListener("abort", () => {
    search.abort();
    following?.abort();
  });

  const query = () => ({
    log_type: filter.log_type,
    ...(filter.level === "" || filter.log_type === "requests" ? {} : { level: filter.level }),
    ...(filter.q === "" ? {} : { q: filter.q }),
  });
  const draw = () => {
    list.replaceChildren(
      entries.length === 0
        ? element("p", { class: "empty" }, "There is no such entry.")
        : table("Log", COLUMNS[filter.log_type], entries.map(row), state.tz),
    );
    older.disabled = next === undefined || following !== undefined;
  };
  const fail = (failure: unknown) => {
    failed.textContent = sentence(failure);
    failed.hidden = false;
  };

  /** Reads the next page, or the first one. */
  const read = async (before: string | undefined) => {
    search.abort();
    search = new AbortController();
    const running = search.signal;
    failed.hidden = true;
    list.setAttribute("aria-busy", "true");
    try {
      const page = await quarry.logPage(state.app, { ...query(), hours, limit: PAGE, ...(before === undefined ? {} : { before }) }, { signal: running });
      entries = before === undefined ? page.entries : [...entries, ...page.entries];
      next = page.next;
      draw();
      status.textContent = `${entries.length} entries of the last ${hours} hours${next === undefined ? "" : "; there may be older ones"}.`;
    } catch (failure) {
      if (!running.aborted) {
        fail(failure);
      }
    } finally {
      list.setAttribute("aria-busy", "false");
    }
  };

  /** Puts new entries on top as they arrive. */
  const followOn = async () => {
    const stop = new AbortController();
    following = stop;
    follow.firstChild!.textContent = "Stop";
    follow.setAttribute("aria-pressed", "true");
    draw();
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
        draw();
      }
    } catch (failure) {
      fail(failure);
    }
    if (following === stop) {
      halt();
    }
  };
  const halt = () => {
    following?.abort();
    following = undefined;
    follow.firstChild!.textContent = "Follow";
    follow.setAttribute("aria-pressed", "false");
    status.textContent = "";
    older.disabled = next === undefined;
  };
  const restart = (change: Partial<typeof filter>) => {
    Object.assign(filter, change);
    const followed = following !== undefined;
    halt();
    void read(undefined).then(() => (followed ? followOn() : undefined));
  };

  const older = button("Older", "entries", () => void read(next));
  older.disabled = true;
  const follow = button("Follow", "the log", () => (following === undefined ? void followOn() : halt()));
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
