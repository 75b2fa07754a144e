// Runs against a local stack, whose keys.env and stores.env are in the environment.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { NotFoundError, InvalidRequestError, Quarry, UnauthenticatedError } from "@quarry/client";

const { env } = process;
const quarry = new Quarry({
  url: env.QUARRY_URL,
  credentials: { metrics: env.MCPEEK_KEY, apps: env.MIXPEEK_KEY, integrations: env.FEATHER_KEY, orgs: env.MECHA_TOKEN },
});
const EXPECTED = new URL("../../../local/src/test/resources/expected/", import.meta.url);

/** Numbers that were computed from a recording without Quarry's code. */
function expected(name) {
  const [, ...lines] = readFileSync(new URL(name, EXPECTED), "utf8").trim().split("\n");
  return lines.map((line) => line.split(","));
}

/** Gold follows the load of the samples in seconds. */
async function eventually(check) {
  const end = Date.now() + 120_000;
  for (;;) {
    try {
      return await check();
    } catch (failure) {
      if (Date.now() > end) {
        throw failure;
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

async function insert(table, row) {
  const url = `${env.QUARRY_CLICKHOUSE_URL}/?database=${env.QUARRY_CLICKHOUSE_DATABASE}&query=INSERT+INTO+${table}+FORMAT+JSONEachRow`;
  const answer = await fetch(url, {
    method: "POST",
    headers: { "X-ClickHouse-User": env.QUARRY_CLICKHOUSE_USER, "X-ClickHouse-Key": env.QUARRY_CLICKHOUSE_PASSWORD },
    body: JSON.stringify(row),
  });
  assert.equal(answer.status, 200, await answer.text());
}

test("the README's first program prints the recording's numbers", async (context) => {
  const program = /```ts\n(import[^`]*)```/.exec(readFileSync(new URL("../README.md", import.meta.url), "utf8"))[1];
  assert.ok(program.trim().split("\n").length <= 10);
  await eventually(async () => {
    const printed = [];
    const log = context.mock.method(console, "log", (...values) => printed.push(values));
    try {
      await import(`data:text/javascript,${encodeURIComponent(program.replace("@quarry/client", new URL("../dist/index.js", import.meta.url)))}#${randomUUID()}`);
    } finally {
      log.mock.restore();
    }
    assert.deepEqual(printed, [["2011-11-01", 6], ["2011-11-02", 8], ["2011-11-03", 10]]);
  });
});

test("daily users and tool calls are the recording's", async () => {
  const days = expected("online-retail.csv").filter(([day]) => day.startsWith("2011-11-"));
  const query = { from: "2011-11-01", to: "2011-11-30" };
  await eventually(async () => {
    const answers = await Promise.all([quarry.get("/v1/metrics/dau", { query }), quarry.get("/v1/metrics/tool-calls", { query })]);
    answers.forEach(({ data }, index) =>
      assert.deepEqual(
        data.data.filter(({ value }) => value > 0).map(({ period, value }) => [period, String(value)]),
        days.map((row) => [row[0], row[index + 1]]),
      ),
    );
  });
});

test("an unchanged answer is not sent again", async () => {
  const query = { from: "2011-11-01", to: "2011-11-30" };
  await eventually(async () => {
    const first = await quarry.get("/v1/metrics/mau", { query });
    assert.ok(first.etag);
    assert.ok(first.asOf > new Date("2026-01-01"));
    const second = await quarry.get("/v1/metrics/mau", { query }, { previous: first });
    assert.equal(second.data, first.data);
    assert.ok(second.asOf >= first.asOf);
  });
});

test("every family answers", async () => {
  const path = { org_id: "org_demo", workspace_id: "d33bs-upptime-curc" };
  const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  await eventually(async () => {
    const web = await quarry.get("/v1/apps/{app_id}/analytics", { path: { app_id: "web" }, query: { hours: 720 } });
    assert.equal(web.data.errors_over_time.reduce((sum, { count }) => sum + count, 0), web.data.total_errors);
    assert.ok(web.data.total_errors > 0);
    const envelope = await quarry.get("/v1/analytics/integrations/dashboard", {
      query: { start_date: day, end_date: day, granularity: "day" },
    });
    assert.ok(envelope.data.summary[0].current_invocations > 0);
    const daily = await quarry.get("/v1/orgs/{org_id}/workspaces/{workspace_id}/analytics/executions/daily", { path });
    assert.ok(daily.data.data.some(({ value }) => value > 0));
  });
});

test("a log has each entry once, whatever the size of its pages", async () => {
  const read = async (limit) => {
    const entries = [];
    for await (const entry of quarry.logs("web", { log_type: "requests", hours: 168, limit })) {
      entries.push(JSON.stringify(entry));
    }
    return entries;
  };
  const large = await read(1000);
  const small = await read(97);
  assert.ok(large.length > 1000, `${large.length} entries`);
  assert.deepEqual(small, large);
});

test("a tail yields an entry that is inserted", { timeout: 120_000 }, async () => {
  const message = `from the client's test ${randomUUID()}`;
  let connected;
  const open = new Promise((resolve) => (connected = resolve));
  const tail = quarry.tail("kafka", { q: message }, { onConnection: connected });
  const first = tail.next();
  assert.equal(await open, true);
  await insert("canvas_app_logs", {
    organization_id: "org_demo",
    app_id: "kafka",
    event_id: randomUUID(),
    timestamp: new Date().toISOString(),
    level: "error",
    message,
  });

  const { value } = await first;
  assert.equal(value.message, message);
  assert.equal(value.level, "error");
  await tail.return();
});

test("refusals are errors of their own types", async () => {
  const as = (credentials) => new Quarry({ url: env.QUARRY_URL, credentials });

  await assert.rejects(as({ metrics: "mcpeek_wrong" }).get("/v1/metrics/dau"), UnauthenticatedError);
  await assert.rejects(
    as({ apps: env.OTHER_MIXPEEK_KEY }).get("/v1/apps/{app_id}/analytics", { path: { app_id: "web" } }),
    NotFoundError,
  );
  await assert.rejects(
    quarry.get("/v1/apps/{app_id}/analytics", { path: { app_id: "web" }, query: { hours: 721 } }),
    (error) => error instanceof InvalidRequestError && error.violations[0].parameter === "query.hours",
  );
});

test("a dashboard session reads metrics", async () => {
  const session = new Quarry({
    url: env.QUARRY_URL,
    credentials: { session: { token: env.DASHBOARD_SESSION_TOKEN, organization: env.QUARRY_ORGANIZATION } },
  });
  assert.equal((await session.get("/v1/metrics/dau")).data.organizationId, "org_demo");
});
