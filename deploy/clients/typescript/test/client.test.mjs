import assert from "node:assert/strict";
import { createServer } from "node:http";
import { afterEach, beforeEach, mock, test } from "node:test";
import {
  ConnectionError,
  ForbiddenError,
  InvalidRequestError,
  NotFoundError,
  Quarry,
  QuarryError,
  RateLimitedError,
  UnauthenticatedError,
  UnavailableError,
} from "@quarry/client";

const CREDENTIALS = { metrics: "mcpeek_1", apps: "mixpeek_1", integrations: "feather_1", orgs: "mecha_1" };
const DAU = { metric: "dau", organizationId: "o", from: "2026-02-01", to: "2026-02-01", data: [{ period: "2026-02-01", value: 3 }] };

let server;
let requests;
let answers;

beforeEach(async () => {
  requests = [];
  answers = [];
  server = createServer((request, response) => {
    requests.push(request);
    const { status = 200, headers = {}, body = "", broken = false, open = false } = answers.shift() ?? { body: DAU };
    if (broken) {
      response.destroy();
      return;
    }
    response.writeHead(status, { "Content-Type": "application/json", ...headers });
    response.write(typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body));
    if (!open) {
      response.end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
});

afterEach(() => {
  mock.timers.reset();
  server.closeAllConnections();
  server.close();
});

function client(options = {}) {
  return new Quarry({ url: `http://127.0.0.1:${server.address().port}`, credentials: CREDENTIALS, ...options });
}

test("reads the table of a path as CSV", async () => {
  answers = [{ headers: { "Content-Type": "text/csv;charset=UTF-8" }, body: "period,value\r\n2026-02-01,3\r\n" }];

  const csv = await client().csv("/v1/metrics/dau", { query: { from: "2026-02-01" } });

  assert.equal(csv, "period,value\r\n2026-02-01,3\r\n");
  assert.equal(requests[0].headers.accept, "text/csv");
  assert.equal(requests[0].url, "/v1/metrics/dau?from=2026-02-01");
});

test("reads the table of a path as an Arrow stream", async () => {
  const bytes = Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
  answers = [{ headers: { "Content-Type": "application/vnd.apache.arrow.stream" }, body: bytes }];

  const stream = await client().arrow("/v1/metrics/dau", { query: { from: "2026-02-01" } });

  assert.deepEqual(stream, bytes);
  assert.equal(requests[0].headers.accept, "application/vnd.apache.arrow.stream");
  assert.equal(requests[0].url, "/v1/metrics/dau?from=2026-02-01");
});

test("sends parameters and the credential of the family", async () => {
  const quarry = client();
  await quarry.get("/v1/metrics/dau", { query: { from: "2026-02-01", tz: "Europe/Berlin" } });
  await quarry.get("/v1/apps/{app_id}/analytics", { path: { app_id: "a b" } });
  await quarry.get("/v1/analytics/integrations/summary", { query: { start_date: "2026-02-01", end_date: "2026-02-02" } });
  await quarry.get("/v1/orgs/{org_id}/analytics", { path: { org_id: "acme" } });

  assert.deepEqual(
    requests.map(({ url, headers }) => [url, headers["x-api-key"], headers.authorization]),
    [
      ["/v1/metrics/dau?from=2026-02-01&tz=Europe%2FBerlin", "mcpeek_1", undefined],
      ["/v1/apps/a%20b/analytics", undefined, "Bearer mixpeek_1"],
      ["/v1/analytics/integrations/summary?start_date=2026-02-01&end_date=2026-02-02", "feather_1", undefined],
      ["/v1/orgs/acme/analytics", undefined, "Bearer mecha_1"],
    ],
  );
});

test("sends a dashboard session in place of a key", async () => {
  await client({ credentials: { session: { token: "t", organization: "acme" } } }).get("/v1/metrics/dau");

  assert.equal(requests[0].headers["x-session-token"], "t");
  assert.equal(requests[0].headers["x-organization-id"], "acme");
  assert.equal(requests[0].headers["x-api-key"], undefined);
});

test("gives the data and what the headers say about it", async () => {
  answers.push({
    body: DAU,
    headers: { "X-Data-As-Of": "2026-02-21T12:00:00Z", "X-Data-Since": "2025-01-01", "X-Groups-Omitted": "7", ETag: '"v1"', "X-Request-Id": "r1" },
  });

  assert.deepEqual(await client().get("/v1/metrics/dau"), {
    data: DAU,
    asOf: new Date("2026-02-21T12:00:00Z"),
    since: "2025-01-01",
    groupsOmitted: 7,
    etag: '"v1"',
    requestId: "r1",
  });
});

test("keeps the previous data while they are valid", async () => {
  answers.push({ body: DAU, headers: { ETag: '"v1"' } }, { status: 304, headers: { ETag: '"v1"', "X-Data-As-Of": "2026-02-21T12:00:05Z" } });
  const quarry = client();
  const first = await quarry.get("/v1/metrics/dau");
  const second = await quarry.get("/v1/metrics/dau", {}, { previous: first });

  assert.equal(second.data, first.data);
  assert.equal(second.etag, first.etag);
  assert.deepEqual(second.asOf, new Date("2026-02-21T12:00:05Z"));
  assert.equal(requests[0].headers["if-none-match"], undefined);
  assert.equal(requests[1].headers["if-none-match"], '"v1"');
});

const FAILURES = [
  [400, InvalidRequestError, { statusCode: 400, error: "Bad Request", message: "limit: too small" }, "limit: too small"],
  [401, UnauthenticatedError, { error: "unauthorized", message: "Missing or invalid credentials" }, "Missing or invalid credentials"],
  [403, ForbiddenError, { error: "FORBIDDEN", message: "No permission", details: {}, status_code: 403 }, "No permission"],
  [404, NotFoundError, { success: false, status: 404, error: { message: "No such app", type: "NotFoundError" } }, "No such app"],
  [422, InvalidRequestError, { detail: [{ loc: ["query", "hours"], msg: "too large", type: "x" }] }, "hours: too large"],
  [500, QuarryError, "<html>", "The answer has the status 500"],
  [504, UnavailableError, { error: "timeout", message: "Too slow" }, "Too slow"],
];
for (const [status, type, body, message] of FAILURES) {
  test(`rejects ${status} with ${type.name}, without another attempt`, async () => {
    answers.push({ status, body, headers: { "X-Request-Id": "r1" } });

    await assert.rejects(client().get("/v1/metrics/dau"), (error) => {
      assert.equal(error.constructor, type);
      assert.equal(error.message, message);
      assert.equal(error.status, status);
      assert.equal(error.requestId, "r1");
      assert.deepEqual(error.body, body);
      return true;
    });
    assert.equal(requests.length, 1);
  });
}

test("names the violated parameters", async () => {
  answers.push({ status: 422, body: { detail: [{ loc: ["query", "hours"], msg: "too large", type: "x" }] } });

  await assert.rejects(client().get("/v1/metrics/dau"), {
    violations: [{ parameter: "query.hours", message: "hours: too large" }],
  });
});

for (const answer of [{ status: 429 }, { status: 502 }, { status: 503 }, { broken: true }]) {
  test(`sends a request again after ${answer.status ?? "a lost connection"}`, async () => {
    answers.push({ ...answer, headers: { "Retry-After": "0" } });

    assert.deepEqual((await client().get("/v1/metrics/dau")).data, DAU);
    assert.equal(requests.length, 2);
  });
}

test("gives up after the last attempt", async () => {
  const later = { status: 503, headers: { "Retry-After": "0" }, body: { message: "overloaded" } };
  answers.push(later, later, later);

  await assert.rejects(client().get("/v1/metrics/dau"), UnavailableError);
  assert.equal(requests.length, 3);
});

test("waits as long as Retry-After says", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  let sent = 0;
  const first = new Promise((resolve) => {
    const fetch = async () => {
      sent++;
      setImmediate(resolve);
      return sent === 1 ? new Response("{}", { status: 429, headers: { "Retry-After": "20" } }) : Response.json(DAU);
    };
    client({ fetch }).get("/v1/metrics/dau");
  });
  await first;

  mock.timers.tick(19_999);
  await new Promise(setImmediate);
  assert.equal(sent, 1);
  mock.timers.tick(1);
  await new Promise(setImmediate);
  assert.equal(sent, 2);
});

test("does not wait longer than it may", async () => {
  answers.push({ status: 429, headers: { "Retry-After": "3600" }, body: { message: "Rate limit exceeded" } });

  await assert.rejects(client().get("/v1/metrics/dau"), (error) => {
    assert.ok(error instanceof RateLimitedError);
    assert.equal(error.retryAfter, 3600);
    return true;
  });
  assert.equal(requests.length, 1);
});

test("rejects with ConnectionError if there is no answer", async () => {
  answers.push({ broken: true }, { broken: true });

  await assert.rejects(client({ retry: { attempts: 2 } }).get("/v1/metrics/dau"), ConnectionError);
  assert.equal(requests.length, 2);
});

test("rejects with the reason of the signal", async () => {
  answers.push({ status: 503, headers: { "Retry-After": "30" } });
  const stop = new AbortController();
  const answer = client().get("/v1/metrics/dau", {}, { signal: stop.signal });
  stop.abort(new Error("enough"));

  await assert.rejects(answer, { message: "enough" });
});

test("follows the cursor of a log to its end", async () => {
  const page = (entries, cursor) => ({
    body: { app_id: "web", log_type: "requests", entries },
    headers: cursor === undefined ? {} : { Link: `<?limit=2&before=${cursor}>; rel="next"` },
  });
  answers.push(page([1, 2], "c1"), page([], "c2"), page([3]));

  const entries = [];
  for await (const entry of client().logs("web", { log_type: "requests", limit: 2 })) {
    entries.push(entry);
  }
  assert.deepEqual(entries, [1, 2, 3]);
  assert.deepEqual(
    requests.map(({ url }) => url),
    ["", "&before=c1", "&before=c2"].map((cursor) => `/v1/apps/web/logs?log_type=requests&limit=2${cursor}`),
  );
});

test("a tail connects again and continues after its last entry", async () => {
  const headers = { "Content-Type": "text/event-stream" };
  const event = (id, message) => `id:${id}\ndata:${JSON.stringify({ message })}\n\n`;
  answers.push(
    { headers, body: `:open\nretry:1\n\n${event("1", "a")}${event("2", "b")}` },
    { status: 503, headers: { "Retry-After": "0" } },
    { headers, body: event("3", "c") },
  );
  const connections = [];
  const messages = [];
  for await (const entry of client().tail("web", { level: "error" }, { onConnection: (up) => connections.push(up) })) {
    messages.push(entry.message);
    if (messages.length === 3) {
      break;
    }
  }

  assert.deepEqual(messages, ["a", "b", "c"]);
  assert.deepEqual(connections, [true, false, true]);
  assert.equal(requests[0].url, "/v1/apps/web/logs/tail?level=error");
  assert.deepEqual(requests.map(({ headers: sent }) => sent["last-event-id"]), [undefined, "2", "2"]);
});

for (const status of [429, 503]) {
  test(`a tail waits as long as Retry-After of a final ${status} says`, async () => {
    mock.timers.enable({ apis: ["setTimeout", "Date"] });
    const sent = [];
    let again;
    const second = new Promise((resolve) => (again = resolve));
    const fetch = async () => {
      if (sent.push(Date.now()) === 2) {
        again();
      }
      return new Response("{}", { status, headers: { "Retry-After": "3600" } });
    };
    const stop = new AbortController();
    let ended;
    const connected = new Promise((onConnection) => {
      ended = client({ fetch }).tail("web", {}, { signal: stop.signal, onConnection }).next();
    });
    assert.equal(await connected, false);

    mock.timers.tick(3_599_999);
    await new Promise(setImmediate);
    mock.timers.tick(1);
    await second;
    assert.deepEqual(sent, [0, 3_600_000]);
    stop.abort();
    assert.deepEqual(await ended, { done: true, value: undefined });
  });
}

test("a tail that has received no entry continues from its beginning", async () => {
  const headers = { "Content-Type": "text/event-stream" };
  const opening = (id) => `: open\nid: ${id}\nretry: 1\n\n`;
  const event = (id, message) => `id: ${id}\ndata: ${JSON.stringify({ message })}\n\n`;
  answers.push(
    { headers, body: opening("0") },
    { headers, body: opening("0") + event("1", "a") },
    { headers, body: opening("1") + event("2", "b") },
  );
  const messages = [];
  for await (const entry of client().tail("web")) {
    messages.push(entry.message);
    if (messages.length === 2) {
      break;
    }
  }

  assert.deepEqual(messages, ["a", "b"]);
  assert.deepEqual(requests.map(({ headers: sent }) => sent["last-event-id"]), [undefined, "0", "1"]);
});

for (const leave of ["the caller stops", "the signal aborts"]) {
  test(`a tail closes its connection when ${leave}`, { timeout: 30_000 }, async () => {
    answers.push({ open: true, headers: { "Content-Type": "text/event-stream" }, body: 'id:1\ndata:{"message":"a"}\n\n' });
    const stop = new AbortController();
    const tail = client().tail("web", {}, { signal: stop.signal });
    assert.equal((await tail.next()).value.message, "a");
    const closed = new Promise((resolve) => requests[0].socket.once("close", resolve));
    if (leave === "the caller stops") {
      await tail.return();
    } else {
      const next = tail.next();
      stop.abort();
      assert.deepEqual(await next, { done: true, value: undefined });
    }
    await closed;
    assert.equal(requests.length, 1);
  });
}

test("a tail ends when its signal aborts, and throws what the API refuses", async () => {
  const tail = client().tail("web", {}, { signal: AbortSignal.abort() });
  assert.deepEqual(await tail.next(), { done: true, value: undefined });

  answers.push({ status: 404, body: { error: { message: "No such app" } } });
  await assert.rejects(client().tail("web").next(), NotFoundError);
});
