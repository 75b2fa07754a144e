import { EventSourceParserStream } from "eventsource-parser/stream";
import createFetchClient from "openapi-fetch";
import { type Credentials, authentication, familyOf } from "./credentials.js";
import { ConnectionError, RateLimitedError, UnavailableError, errorOf } from "./errors.js";
import { type RetryPolicy, pause, send } from "./retry.js";
import type { components, paths } from "./schema.js";

/** The types of all answers, by family and name, such as `Schemas["MetricsTimeSeriesResponse"]`. */
export type Schemas = components["schemas"];

const TAIL = "/v1/apps/{app_id}/logs/tail";
const LOGS = "/v1/apps/{app_id}/logs";

/** A path that answers JSON, as in the OpenAPI documents. */
export type Path = Exclude<keyof paths, typeof TAIL>;

type Declared<P extends keyof paths> = paths[P]["get"]["parameters"];
type Query<P extends keyof paths> = NonNullable<Declared<P>["query"]>;

/** The parameters of a path: those in its query and those in the path itself. */
export type Parameters<P extends keyof paths> = Omit<Declared<P>, "header" | "cookie">;

/** The JSON that a path answers. */
export type Data<P extends Path> = paths[P]["get"]["responses"][200]["content"]["application/json"];

/** The paths that also answer their table, as CSV or as an Arrow stream. */
export type TablePath = {
  [P in Path]: "text/csv" extends keyof paths[P]["get"]["responses"][200]["content"] ? P : never;
}[Path];

export type LogType = "runtime" | "requests";
export type LogEntry<T extends LogType> = T extends "requests" ? Schemas["AppsRequestLogEntry"] : Schemas["AppsRuntimeLogEntry"];

export interface Answer<T> {
  readonly data: T;
  /** Every event acknowledged before this moment is counted. Undefined until something was counted. */
  readonly asOf: Date | undefined;
  /** The first day for which the answer is complete. Undefined if it is complete for all days. */
  readonly since: string | undefined;
  /** How many groups the answer leaves out. */
  readonly groupsOmitted: number;
  readonly etag: string | undefined;
  readonly requestId: string | undefined;
}

/** A page of a log. */
export interface LogPage<T extends LogType> {
  readonly entries: LogEntry<T>[];
  /** The cursor of the next page; undefined on the last one. */
  readonly next: string | undefined;
}

export interface Options {
  /** Address of the gateway, such as `https://analytics.example.com`. */
  url: string;
  credentials: Credentials;
  retry?: Partial<RetryPolicy>;
  fetch?: typeof globalThis.fetch;
}

interface Abortable {
  signal?: AbortSignal;
}

type TableArguments<P extends TablePath> =
  {} extends Parameters<P>
    ? [parameters?: Parameters<P>, options?: Abortable]
    : [parameters: Parameters<P>, options?: Abortable];

type Arguments<P extends Path> =
  {} extends Parameters<P>
    ? [parameters?: Parameters<P>, options?: GetOptions<P>]
    : [parameters: Parameters<P>, options?: GetOptions<P>];

export interface GetOptions<P extends Path> extends Abortable {
  /** The last answer to the same request. If its data are still valid, they are not sent again: the new answer has the same object. */
  previous?: Answer<Data<P>> | undefined;
}

export interface TailOptions extends Abortable {
  /** Called when the connection is lost, and again when it is back. */
  onConnection?: (connected: boolean) => void;
}

/** What openapi-fetch resolves to; its own type depends on the path, which is a variable here. */
interface Fetched {
  data?: unknown;
  error?: unknown;
  response: Response;
}

type Get = (path: string, init: object) => Promise<Fetched>;

/** A client of the four APIs. Every method rejects with a `QuarryError`, or with the reason of the abort signal. */
export class Quarry {
  readonly #credentials: Credentials;
  readonly #get: Get;

  constructor({ url, credentials, retry, fetch = globalThis.fetch }: Options) {
    this.#credentials = credentials;
    const policy: RetryPolicy = { attempts: 3, longestWait: 60_000, ...retry };
    const http = createFetchClient<paths>({
      baseUrl: url,
      fetch: (request) => send(request, policy, (again) => fetch(again)),
    });
    this.#get = http.GET as unknown as Get;
  }

  /** Reads a path. */
  async get<P extends Path>(path: P, ...given: Arguments<P>): Promise<Answer<Data<P>>> {
    const [parameters, options] = given as [Parameters<P>?, GetOptions<P>?];
    const previous = options?.previous;
    const etag = previous?.etag;
    const { data, response } = await this.#request(path, {
      params: parameters,
      headers: etag === undefined ? {} : { "If-None-Match": etag },
      ...signal(options),
    });
    const header = (name: string) => response.headers.get(name) ?? undefined;
    const asOf = header("X-Data-As-Of");
    const moment = asOf === undefined ? undefined : new Date(asOf);
    if (response.status === 304 && previous !== undefined) {
      return { ...previous, asOf: moment ?? previous.asOf, requestId: header("X-Request-Id") };
    }
    return {
      data: data as Data<P>,
      asOf: moment,
      since: header("X-Data-Since"),
      groupsOmitted: Number(header("X-Groups-Omitted") ?? 0),
      etag: header("ETag"),
      requestId: header("X-Request-Id"),
    };
  }

  /** Reads the table of a path as CSV: a header with the names of the JSON properties, then a line for each row. */
  async csv<P extends TablePath>(path: P, ...given: TableArguments<P>): Promise<string> {
    return (await this.#table("text/csv", "text", path, given)) as string;
  }

  /**
   * Reads the table of a path as a stream of Apache Arrow, for `tableFromIPC` of `apache-arrow`, DuckDB or Polars. Columns have the names
   * of the JSON properties, and types.
   */
  async arrow<P extends TablePath>(path: P, ...given: TableArguments<P>): Promise<Uint8Array<ArrayBuffer>> {
    const stream = await this.#table("application/vnd.apache.arrow.stream", "arrayBuffer", path, given);
    return new Uint8Array(stream as ArrayBuffer);
  }

  async #table<P extends TablePath>(accept: string, parseAs: "text" | "arrayBuffer", path: P, given: TableArguments<P>): Promise<unknown> {
    const [parameters, options] = given as [Parameters<P>?, Abortable?];
    const { data } = await this.#request(path, { params: parameters, headers: { Accept: accept }, parseAs, ...signal(options) });
    return data;
  }

  /** Reads one page of an app's log, newest entries first. Continues a log if `query` has the cursor `before`. */
  async logPage<T extends LogType = "runtime">(
    app: string,
    query: Query<typeof LOGS> & { log_type?: T } = {},
    options: Abortable = {},
  ): Promise<LogPage<T>> {
    const { data, response } = await this.#request(LOGS, {
      params: { path: { app_id: app }, query },
      ...signal(options),
    });
    const next = /<\?([^>]*)>; rel="next"/.exec(response.headers.get("Link") ?? "")?.[1];
    return {
      entries: (data as Data<typeof LOGS>).entries as LogEntry<T>[],
      next: next === undefined ? undefined : (new URLSearchParams(next).get("before") ?? undefined),
    };
  }

  /** Reads an app's log to its end, newest entries first, page by page as the caller goes on. */
  async *logs<T extends LogType = "runtime">(
    app: string,
    query: Query<typeof LOGS> & { log_type?: T } = {},
    options: Abortable = {},
  ): AsyncGenerator<LogEntry<T>, void, undefined> {
    for (let before = query.before; ; ) {
      const page = await this.logPage<T>(app, before === undefined ? query : { ...query, before }, options);
      yield* page.entries;
      if (page.next === undefined) {
        return;
      }
      before = page.next;
    }
  }

  /**
   * New entries of an app's log as they arrive. Connects again after the stream ends or breaks, not before Retry-After, and
   * continues after the last entry, or from the beginning if there was none. Ends only when the signal aborts or the caller
   * stops; throws if the API refuses the request.
   */
  async *tail<T extends LogType = "runtime">(
    app: string,
    query: Query<typeof TAIL> & { log_type?: T } = {},
    options: TailOptions = {},
  ): AsyncGenerator<LogEntry<T>, void, undefined> {
    const stop = new AbortController();
    const ended = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
    let lastId: string | undefined;
    let delay = 2_000;
    try {
      while (!ended.aborted) {
        let wait = 0;
        try {
          const { data } = await this.#request(TAIL, {
            params: { path: { app_id: app }, query },
            headers: { Accept: "text/event-stream", ...(lastId === undefined ? {} : { "Last-Event-ID": lastId }) },
            parseAs: "stream",
            signal: ended,
          });
          options.onConnection?.(true);
          const events = (data as ReadableStream<Uint8Array<ArrayBuffer>>)
            .pipeThrough(new TextDecoderStream())
            .pipeThrough(opening((id) => (lastId ??= id)))
            .pipeThrough(new EventSourceParserStream({ onRetry: (milliseconds) => (delay = milliseconds) }));
          const reader = events.getReader();
          // The signal of a request does not always reach a body that is being read.
          ended.addEventListener("abort", () => void reader.cancel().catch(() => {}), { once: true });
          for (let next = await reader.read(); !next.done; next = await reader.read()) {
            lastId = next.value.id ?? lastId;
            yield JSON.parse(next.value.data) as LogEntry<T>;
          }
        } catch (failure) {
          if (!ended.aborted && !isTemporary(failure)) {
            throw failure;
          }
          wait = waitOf(failure);
        }
        if (!ended.aborted) {
          options.onConnection?.(false);
          await pause(Math.max(delay, wait), ended).catch(() => {});
        }
      }
    } finally {
      stop.abort();
    }
  }

  async #request(path: string, init: { headers?: object; signal?: AbortSignal; [option: string]: unknown }): Promise<Fetched> {
    let fetched: Fetched;
    try {
      fetched = await this.#get(path, {
        ...init,
        headers: { ...init.headers, ...authentication(familyOf(path), this.#credentials) },
      });
    } catch (failure) {
      throw init.signal?.aborted ? init.signal.reason : new ConnectionError(failure);
    }
    if (!fetched.response.ok && fetched.response.status !== 304) {
      throw errorOf(fetched.response, fetched.error);
    }
    return fetched;
  }
}

/**
 * Tells the id with which a stream begins. Its event has no data, and the parser leaves such events out, but a client that
 * has received no entry continues from there.
 */
function opening(tell: (id: string) => void): TransformStream<string, string> {
  let beginning: string | undefined = "";
  return new TransformStream<string, string>({
    transform(chunk, controller) {
      if (beginning !== undefined) {
        beginning += chunk;
        const end = beginning.search(/\r?\n\r?\n/);
        if (end >= 0) {
          const event = beginning.slice(0, end);
          const id = /^id: ?(.+)$/m.exec(event)?.[1];
          if (id !== undefined && !/^data/m.test(event)) {
            tell(id);
          }
          beginning = undefined;
        }
      }
      controller.enqueue(chunk);
    },
  });
}

function signal(options: Abortable | undefined): Abortable {
  return options?.signal === undefined ? {} : { signal: options.signal };
}

/** How many milliseconds the API asks to wait after a failure. */
function waitOf(failure: unknown): number {
  return failure instanceof RateLimitedError || failure instanceof UnavailableError ? (failure.retryAfter ?? 0) * 1_000 : 0;
}

/** Whether a tail goes on after this failure. A stream that breaks is a TypeError. */
function isTemporary(failure: unknown): boolean {
  return (
    failure instanceof TypeError ||
    failure instanceof ConnectionError ||
    failure instanceof RateLimitedError ||
    failure instanceof UnavailableError
  );
}
