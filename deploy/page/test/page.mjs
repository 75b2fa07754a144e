// Tests the page in a browser against a local stack. The environment has the stack's keys.env and stores.env, BROWSER (the
// browser's program) and PAGE_LINK (the link that signs in).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const { env } = process;
const LINK = new URL(env.PAGE_LINK);
const SCREENSHOTS = new URL("../target/screenshots/", import.meta.url).pathname;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WAIT = 60_000;
const METRICS = "?view=metrics&from=2011-11-10&to=2011-12-09";

let browser;

before(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await counted();
  browser = await chromium.launch({ executablePath: env.BROWSER, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
});

after(() => browser?.close());

/** Waits until the rollup jobs have counted the samples, so that numbers do not change while they are compared. */
async function counted() {
  const day = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const asks = [
    ["/v1/metrics/dau?from=2011-11-10&to=2011-12-09", { "x-api-key": env.MCPEEK_KEY }],
    ["/v1/apps/web/analytics?hours=720", { Authorization: `Bearer ${env.MIXPEEK_KEY}` }],
    [`/v1/analytics/integrations/usage?granularity=day&start_date=${day(30)}&end_date=${day(1)}`, { "x-api-key": env.FEATHER_KEY }],
    ["/v1/orgs/org_demo/analytics", { Authorization: `Bearer ${env.MECHA_TOKEN}` }],
  ];
  for (const [path, headers] of asks) {
    for (const end = Date.now() + 2 * WAIT; ; await new Promise((resolve) => setTimeout(resolve, 500))) {
      const answer = await fetch(env.QUARRY_URL + path, { headers });
      const text = await answer.text();
      if (answer.headers.has("X-Data-As-Of") && /"(value|total_errors|invocations|total)":[1-9]/.test(text)) {
        break;
      }
      assert.ok(Date.now() < end, `${path}: ${text}`);
    }
  }
}

/** Opens a page that records what it asks and what it complains about. */
async function open(search, { signedIn = true, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", timezoneId: "Europe/Berlin", ...options });
  const page = await context.newPage();
  const seen = { complaints: [], requests: [], answers: [] };
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && seen.complaints.push(message.text()));
  page.on("pageerror", (error) => seen.complaints.push(String(error)));
  page.on("request", (request) => seen.requests.push(request));
  page.on("response", (response) => seen.answers.push(response));
  await page.goto(LINK.origin + "/" + search + (signedIn ? LINK.hash : ""));
  await settled(page);
  return { page, context, seen };
}

async function settled(page) {
  await page.locator("#panels > *").first().waitFor({ timeout: WAIT });
  await page.waitForFunction(() => document.querySelector("[aria-busy=true]") === null, undefined, { timeout: WAIT });
}

/** The JSON that the page got from a path, whose query contains a text. */
function answered(seen) {
  const found = new Map();
  return {
    async load() {
      for (const response of seen.answers) {
        if (response.url().includes("/v1/") && response.status() === 200 && !response.url().includes("/tail")) {
          found.set(response.url(), await response.json());
        }
      }
      return this;
    },
    get(path, query = "") {
      const urls = [...found.keys()].filter((url) => new URL(url).pathname === path && `${new URL(url).search}&`.includes(query === "" ? "" : `${query}&`));
      assert.equal(urls.length, 1, `${path} ${query}: ${[...found.keys()]}`);
      return found.get(urls[0]);
    },
  };
}

/** The cells of a panel's table, or the numbers of its tiles, without separators of thousands and units. */
async function cells(page, panel) {
  const box = page.locator(`[data-panel=${panel}]`);
  const rows = await box.evaluate((element) =>
    element.querySelector("dl")
      ? [[...element.querySelectorAll("dd")].map((cell) => cell.textContent)]
      : [...element.querySelectorAll(".scroll tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent)),
  );
  return rows.map((row) => row.map(bare));
}

const bare = (text) => text.replace(/(?<=\d),(?=\d{3})/g, "").replace(/^(-?[\d.e-]+) (%|ms|s)$/, "$1");

/** How a value of an answer looks in a cell. */
function cell(value) {
  if (value === null || value === undefined) {
    return "–";
  }
  const text = String(value);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) {
    return text.slice(0, 19).replace("T", " ");
  }
  return text === "" ? "(none)" : bare(text);
}

async function assertPanels(page, expected) {
  for (const [panel, rows] of Object.entries(expected)) {
    assert.deepEqual(await cells(page, panel), rows.map((row) => row.map(cell)), panel);
    assert.ok(rows.length > 0 || (await page.locator(`[data-panel=${panel}] .empty`).isVisible()), panel);
  }
  assert.deepEqual(
    (await page.locator("[data-panel]").evaluateAll((all) => all.map((one) => one.dataset.panel))).filter((id) => id !== "logs"),
    Object.keys(expected),
  );
}

async function assertAccessible(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(
    violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
    [],
  );
}

async function assertClean({ page, seen, context }, name) {
  assert.deepEqual(seen.complaints, []);
  assert.deepEqual(seen.requests.map((request) => new URL(request.url())).filter(({ origin, protocol }) => origin !== LINK.origin && protocol !== "data:" && protocol !== "blob:"), []);
  const code = LINK.hash.slice("#code=".length);
  assert.ok(seen.requests.every((request) => !request.url().split("#")[0].includes(code)));
  assert.ok(!page.url().includes(code));
  await assertAccessible(page);
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png` });
  await page.emulateMedia({ colorScheme: "dark" });
  await assertAccessible(page);
  await page.screenshot({ path: `${SCREENSHOTS}${name}-dark.png` });
  await page.setViewportSize({ width: 360, height: 740 });
  await page.waitForFunction(() => document.documentElement.scrollWidth === 360);
  await page.screenshot({ path: `${SCREENSHOTS}${name}-narrow.png`, fullPage: true });
  await context.close();
}

const side = (...series) => series[0].data.map(({ period }, index) => [period, ...series.map(({ data }) => data[index].value)]);

test("product metrics are those of the API", async (context) => {
  const opened = await open("");
  const { page, seen } = opened;
  context.diagnostic(`first chart after ${await page.evaluate(() => Math.round(performance.getEntriesByName("chart")[0].startTime))} ms`);
  assert.equal(await page.locator("[name=from]").inputValue(), "2011-11-10");
  const { get } = await answered(seen).load();
  const metric = (name, query) => get(`/v1/metrics/${name}`, query);
  const returns = [1, 2, 3, 4, 5, 6, 7, 14].map((days) => metric("retention", `days=${days}`));
  const adoption = metric("feature-adoption").data;
  const power = metric("power-users");
  await assertPanels(page, {
    "active-users": side(metric("dau"), metric("wau"), metric("mau")),
    "new-users": side(metric("new-users")),
    retention: returns[0].data
      .filter(({ cohortSize }) => cohortSize > 0)
      .map(({ period, cohortSize }) => [period, cohortSize, ...returns.map(({ data }) => data.find((cohort) => cohort.period === period)?.retained)]),
    sessions: side(metric("daily-sessions")),
    "session-length": side(metric("session-length")),
    "tool-calls": side(metric("tool-calls")),
    "tool-calls-per-user": side(metric("tool-calls-per-user")),
    "feature-adoption": adoption.map((one) => [one.feature, one.sessionsWithFeature, one.totalSessions, one.percentage]),
    "power-users": [[power.threshold, power.totalUsers, power.powerUsers, power.percentage]],
    "users-by": metric("users-by", "dimension=country").data.map(({ key, count }) => [key, count]),
  });
  assert.ok(side(metric("dau")).some(([, value]) => value > 0));
  assert.match(await page.locator("#freshness").textContent(), /^Every event until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d is counted\./);
  await assertClean(opened, "metrics");
});

test("app health is that of the API", async () => {
  const opened = await open("?view=apps");
  const { page, seen } = opened;
  const { get } = await answered(seen).load();
  const app = get("/v1/apps/web/analytics");
  assert.ok(app.total_errors > 0);
  await assertPanels(page, {
    health: [[app.total_errors, app.error_rate_per_minute, app.total_events, app.total_pageviews]],
    "errors-over-time": app.errors_over_time.map(({ timestamp, count }) => [timestamp, count]),
    vitals: app.vitals.map((one) => [one.metric_name, one.rating, one.p50, one.p75, one.p95, one.sample_count]),
    "newest-errors": app.recent_errors.map((one) => [one.timestamp, one.error_type, one.error_message, one.url]),
  });
  await assertClean(opened, "apps");
});

test("web vitals have their ratings", async () => {
  await insert("canvas_vitals", [2000, 3000, 5000].map((value) => ({ organization_id: "org_demo", app_id: "kafka", event_id: randomUUID(), timestamp: new Date().toISOString(), metric_name: "LCP", value })));
  const { page, context } = await open("?view=apps&app=kafka&hours=24");
  for (const end = Date.now() + WAIT; (await cells(page, "vitals")).length === 0; ) {
    assert.ok(Date.now() < end, "The vitals are not counted");
    await page.getByRole("button", { name: "Refresh the numbers" }).click();
    await settled(page);
  }
  assert.deepEqual(await cells(page, "vitals"), [["LCP", "poor", "3000", "5000", "5000", "3"]]);
  await context.close();
});

test("integrations are those of the API", async () => {
  const opened = await open("?view=integrations");
  const { page, seen } = opened;
  const { get } = await answered(seen).load();
  const all = get("/v1/analytics/integrations/dashboard");
  const [summary] = all.summary;
  const group = (one) => [one.invocations, one.successful, one.vendor_errors, one.exceptions, one.success_rate_pct, one.p95_latency_ms];
  assert.ok(summary.current_invocations > 0);
  await assertPanels(page, {
    summary: [
      ["Calls", "invocations"],
      ["Failures", "failures"],
      ["Success in %", "success_rate_pct"],
      ["Average latency in ms", "avg_latency_ms"],
      ["p95 latency in ms", "p95_latency_ms"],
    ].map(([title, name]) => [title, summary[`current_${name}`], summary[`previous_${name}`], summary[`pct_change_${name}`]]),
    usage: all.usage.map((one) => [one.time_bucket, one.successful, one.vendor_errors, one.exceptions]),
    "success-rate": all.success_rate.map((one) => [one.time_bucket, one.success_rate_pct]),
    latency: all.latency.map((one) => [one.time_bucket, one.p50_ms, one.p90_ms, one.p95_ms, one.p99_ms]),
    "by-integration": all.by_integration.map((one) => [one.integration_key, ...group(one)]),
    "by-mode": all.by_mode.map((one) => [one.mode, ...group(one)]),
    errors: all.error_breakdown.map((one) => [one.error_category, one.count, one.share_pct]),
  });
  await assertClean(opened, "integrations");
});

test("the organization is that of the API", async () => {
  const opened = await open("?view=orgs&workspace=d33bs-upptime-curc");
  const { page, seen } = opened;
  const { get } = await answered(seen).load();
  const base = "/v1/orgs/org_demo/workspaces/d33bs-upptime-curc/analytics";
  const kinds = ["sources", "augmentations", "endpoints", "namespaces", "apps", "threads", "actions", "secrets", "models"];
  const all = get("/v1/orgs/org_demo/analytics");
  const executions = get(`${base}/executions`);
  const numbers = ({ total, success, failed, success_rate }) => [total, success, failed, success_rate];
  const beside = ({ data, previous }) => data.map(({ timestamp, value }, index) => [timestamp, value, previous?.[index]?.value]);
  assert.ok(executions.total > 0);
  await assertPanels(page, {
    organization: [[all.workspaces, ...numbers(all.executions), ...kinds.map((kind) => all.resources[kind])]],
    resources: [kinds.map((kind) => get(`${base}/resources`)[kind])],
    executions: [["Window", ...numbers(executions)], ...(executions.previous ? [["Before", ...numbers(executions.previous)]] : [])],
    "executions-daily": beside(get(`${base}/executions/daily`)),
    "executions-hourly": beside(get(`${base}/executions/hourly`)),
  });
  await assertClean(opened, "orgs");
});

test("the log continues by cursor, searches, and follows", { timeout: 3 * WAIT }, async () => {
  const { page, seen, context } = await open("?view=apps&hours=168");
  await page.locator("[name=log_type]").selectOption("requests");
  await settled(page);
  assert.equal((await cells(page, "logs")).length, 50);
  await page.getByRole("button", { name: "Older entries" }).click();
  await page.waitForFunction(() => document.querySelectorAll("[data-panel=logs] tbody tr").length === 100);
  const answer = await fetch(`${env.QUARRY_URL}/v1/apps/web/logs?log_type=requests&hours=168&limit=100`, { headers: { Authorization: `Bearer ${env.MIXPEEK_KEY}` } });
  const { entries } = await answer.json();
  assert.deepEqual(
    await cells(page, "logs"),
    entries.map((one) => [one.timestamp, one.status_code, one.method, one.path, one.duration_ms].map(cell)),
  );

  const text = `browser-${randomUUID()}`;
  await page.locator("[name=log_type]").selectOption("runtime");
  await page.locator("[name=q]").fill(text);
  await page.keyboard.press("Tab");
  await page.getByText("There is no such entry.").waitFor();
  const opened = page.waitForResponse((response) => response.url().includes("/logs/tail"));
  await page.getByRole("button", { name: "Follow the log" }).click();
  await opened;
  await page.getByText("Following new entries").waitFor();
  await insert("canvas_app_logs", [{ organization_id: "org_demo", app_id: "web", event_id: randomUUID(), timestamp: new Date().toISOString(), level: "warn", message: text }]);
  await page.locator("[data-panel=logs] td", { hasText: text }).waitFor({ timeout: WAIT });
  assert.deepEqual(seen.complaints, []);
  await context.close();
});

test("a link leads to the same numbers, and the pickers change the link", async () => {
  const { page, context } = await open("?view=metrics&from=2011-11-01&to=2011-11-03&tz=Europe%2FBerlin&dimension=locale");
  assert.deepEqual((await cells(page, "active-users")).map(([day]) => day), ["2011-11-01", "2011-11-02", "2011-11-03"]);
  assert.equal(await page.locator("[name=tz]").inputValue(), "Europe/Berlin");
  assert.equal(await page.locator("[name=dimension]").inputValue(), "locale");

  await page.getByRole("button", { name: "7 d window" }).click();
  assert.equal(new URL(page.url()).searchParams.get("from"), "2011-10-28");
  await page.goBack();
  await settled(page);
  assert.equal((await cells(page, "active-users")).length, 3);

  await page.locator("#toolbar [name=organization]").selectOption("org_other");
  await settled(page);
  assert.equal(new URL(page.url()).searchParams.get("organization"), "org_other");
  assert.equal(await page.locator("[name=to]").inputValue(), "2026-04-25");
  await page.reload();
  await settled(page);
  assert.equal(await page.locator("#toolbar [name=organization]").inputValue(), "org_other");
  await context.close();
});

test("a refresh sends what it has, and keeps what did not change", async () => {
  const { page, context, seen } = await open(METRICS);
  await page.evaluate(() => (document.querySelector("[data-panel=new-users] table").dataset.kept = "yes"));
  const before = seen.answers.length;
  await page.getByRole("button", { name: "Refresh the numbers" }).click();
  await settled(page);
  const again = seen.answers.slice(before).filter((response) => response.url().includes("/v1/metrics/"));
  assert.equal(again.length, 19);
  assert.deepEqual([...new Set(again.map((response) => response.status()))], [304]);
  assert.equal(await page.locator("[data-panel=new-users] table[data-kept=yes]").count(), 1);
  await context.close();
});

test("copies work when they are pasted, and have no key", async () => {
  const { page, context, seen } = await open(METRICS);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const pasted = async (name) => {
    await page.getByRole("button", { name, exact: true }).click();
    await page.getByText(/^Copied New users as/).waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  const curl = await pasted("curl of New users");
  assert.ok(!curl.includes(env.MCPEEK_KEY));
  const { get } = await answered(seen).load();
  assert.deepEqual(JSON.parse(execFileSync("bash", ["-euc", curl], { env })), get("/v1/metrics/new-users"));

  const program = await pasted("TypeScript of New users");
  assert.ok(!program.includes(env.MCPEEK_KEY));
  const client = new URL("../../clients/typescript/dist/index.js", import.meta.url);
  const run = `${program.replace("@quarry/client", client)}\nconsole.log(JSON.stringify(answers[0].data));`;
  assert.deepEqual(JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", run], { env })), get("/v1/metrics/new-users"));

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV of Users by property" }).click();
  const csv = readFileSync(await (await download).path(), "utf8");
  assert.equal(csv, ["Value,Users", ...get("/v1/metrics/users-by").data.map(({ key, count }) => `${key},${count}`), ""].join("\r\n"));
  await context.close();
});

test("a wrong key is said to be wrong, and another one can be entered", async () => {
  const { page, context, seen } = await open(METRICS, { signedIn: false });
  await page.getByText("Sign in to see numbers.").waitFor();
  await assertAccessible(page);
  const signIn = async (fields) => {
    await page.locator("#sign-in").click();
    await assertAccessible(page);
    for (const [name, value] of Object.entries(fields)) {
      await page.locator(`dialog [name=${name}]`).fill(value);
    }
    await page.keyboard.press("Enter");
    await settled(page);
  };
  await signIn({ organization: "org_demo", metrics: "mcpeek_wrong" });
  await page.locator("[data-panel=active-users] .failure", { hasText: "The key is wrong, expired or revoked." }).waitFor();
  await page.screenshot({ path: `${SCREENSHOTS}wrong-key.png` });

  await signIn({ organization: "org_demo", session: env.DASHBOARD_SESSION_TOKEN });
  assert.equal((await cells(page, "active-users")).length, 30);
  assert.equal(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])), '[{},{},""]');
  await page.getByRole("link", { name: "Integrations" }).click();
  await page.getByText("There is no key for integrations.").waitFor();
  await page.reload();
  await page.getByText("Sign in to see numbers.").waitFor();
  assert.ok(seen.complaints.every((complaint) => complaint.includes("401")), String(seen.complaints));
  await context.close();
});

test("too many requests are shown as such", async () => {
  const headers = { "x-api-key": env.OTHER_MCPEEK_KEY };
  for (let sent = 0; (await fetch(`${env.QUARRY_URL}/v1/metrics/dau`, { headers })).status !== 429; sent++) {
    assert.ok(sent < 5000, "There is no rate limit");
  }
  const { page, context } = await open(`${METRICS}&organization=org_other`);
  await page.locator("[data-panel=sessions] .failure", { hasText: /Too many requests with this key. Try again in \d+ seconds?\./ }).waitFor();
  await page.screenshot({ path: `${SCREENSHOTS}too-many-requests.png` });
  await context.close();
});

test("a lost connection is shown as such, and the last numbers stay", async () => {
  const { page, context } = await open(METRICS);
  const before = await cells(page, "tool-calls");
  await context.setOffline(true);
  await page.getByRole("button", { name: "Refresh the numbers" }).click();
  await page.locator("[data-panel=tool-calls] .failure", { hasText: "There is no connection to Quarry." }).waitFor();
  assert.deepEqual(await cells(page, "tool-calls"), before);
  await page.screenshot({ path: `${SCREENSHOTS}no-connection.png` });

  await context.setOffline(false);
  await page.locator("[data-panel=tool-calls] .failure").waitFor({ state: "hidden" });
  await context.close();
});

test("an empty window says that it is empty", async () => {
  const { page, context } = await open("?view=metrics&from=1990-01-01&to=1990-01-02");
  await page.locator("[data-panel=feature-adoption] .empty", { hasText: "There is nothing in this window." }).waitFor();
  assert.deepEqual((await cells(page, "active-users")).map((row) => row.slice(1)), [["0", "0", "0"], ["0", "0", "0"]]);
  await context.close();
});

test("the keyboard reaches the views", async () => {
  const { page, context } = await open(METRICS);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "App health");
  await page.keyboard.press("Enter");
  await page.locator("[data-panel=errors-over-time]").waitFor();
  assert.equal(await page.locator("#views [aria-current]").textContent(), "App health");
  await context.close();
});

test("the first load is at most 200 KB", async (context) => {
  const { seen, context: opened } = await open(METRICS);
  let bytes = 0;
  for (const response of seen.answers.filter((one) => !one.url().includes("/v1/"))) {
    bytes += Number((await response.allHeaders())["content-length"] ?? 0);
  }
  context.diagnostic(`first load of ${bytes} bytes`);
  assert.ok(bytes > 10_000 && bytes <= 200 * 1024, `${bytes} bytes`);
  await opened.close();
});

const APIS = {
  metrics: ["ApiKey", env.MCPEEK_KEY],
  apps: ["Bearer", env.MIXPEEK_KEY],
  integrations: ["APIKeyHeader", env.FEATHER_KEY],
  org: ["Bearer", env.MECHA_TOKEN],
};
for (const [api, [scheme, key]] of Object.entries(APIS)) {
  test(`the requests of ${api} can be tried with a key`, async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    const elsewhere = [];
    page.on("request", (request) => /^(data|blob):/.test(request.url()) || request.url().startsWith(`${LINK.origin}/`) || elsewhere.push(request.url()));
    await page.goto(`${LINK.origin}/docs`);
    await assertAccessible(page);
    await page.locator(`a[href="/docs/${api}"]`).click();
    await page.getByRole("button", { name: "Authorize" }).first().click();
    const dialog = page.locator(".auth-container", { hasText: scheme }).first();
    await dialog.locator("input").first().fill(key);
    await dialog.getByRole("button", { name: /^Apply|^Authorize/ }).click();
    await page.locator(".close-modal, .btn-done").first().click();
    const operation = page.locator(".opblock").first();
    await operation.locator(".opblock-summary-control").click();
    const answer = page.waitForResponse((response) => response.url().includes("/v1/"));
    await operation.getByRole("button", { name: "Execute" }).click();
    assert.notEqual((await answer).status(), 401);
    assert.deepEqual(complaints.filter((complaint) => !/status of (404|422)/.test(complaint)), []);
    assert.deepEqual(elsewhere, []);
    await page.screenshot({ path: `${SCREENSHOTS}try-${api}.png` });
    await context.close();
  });
}

test("the merged document has every route once", async () => {
  const merged = await (await fetch(`${LINK.origin}/openapi.json`)).json();
  const routes = readFileSync(new URL("../../ROUTES.md", import.meta.url), "utf8").match(/(?<=`GET )[^`]+/g);
  assert.deepEqual(Object.keys(merged.paths).sort(), routes.sort());
});

async function insert(table, rows) {
  const url = `${env.QUARRY_CLICKHOUSE_URL}/?database=${env.QUARRY_CLICKHOUSE_DATABASE}&query=INSERT+INTO+${table}+FORMAT+JSONEachRow`;
  const answer = await fetch(url, {
    method: "POST",
    headers: { "X-ClickHouse-User": env.QUARRY_CLICKHOUSE_USER, "X-ClickHouse-Key": env.QUARRY_CLICKHOUSE_PASSWORD },
    body: rows.map((row) => JSON.stringify(row)).join("\n"),
  });
  assert.equal(answer.status, 200, await answer.text());
}
