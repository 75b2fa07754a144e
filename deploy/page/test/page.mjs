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
async function cells(page, panel, part = ":not(.changes)") {
  const box = page.locator(`[data-panel=${panel}]`);
  const rows = await box.evaluate(
    (element, part) =>
      element.querySelector("dl")
        ? [[...element.querySelectorAll("dd")].map((cell) => cell.textContent)]
        : [...element.querySelectorAll(`${part} > .scroll tbody tr`)].map((row) => [...row.children].map((cell) => cell.textContent)),
    part,
  );
  return rows.map((row) => row.map(bare));
}

/** The names of the columns of a panel's table. */
async function columns(page, panel, part = ":not(.changes)") {
  return page.locator(`[data-panel=${panel}] ${part} > .scroll thead th`).allTextContents();
}

/** The cells of compared cohorts: a number, the change below it, and the tooltip. */
async function triangle(page, panel) {
  return page
    .locator(`[data-panel=${panel}] .body > .scroll tbody tr`)
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => [cell.firstChild.textContent, cell.querySelector("small")?.textContent ?? "", cell.title])));
}

/** The cells of the table that sums up a comparison. */
async function changes(page, panel) {
  const rows = await page.locator(`[data-panel=${panel}] .changes tbody tr`).evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  return rows.map((row) => row.map(bare));
}

/** The names of a chart's series, as its legend has them. */
async function legend(page, panel) {
  return (await page.locator(`[data-panel=${panel}] .u-legend .u-label`).allTextContents()).slice(1);
}

/** The answer of an API to a request that the page did not send. */
async function api(path, headers = { "x-api-key": env.MCPEEK_KEY }) {
  const answer = await fetch(env.QUARRY_URL + path, { headers });
  assert.equal(answer.status, 200, path);
  return answer.json();
}

/** Changes a choice of the toolbar, or of a panel. */
async function pick(page, name, value, panel) {
  const select = page.locator(`${panel === undefined ? "#toolbar" : `[data-panel=${panel}]`} [name=${name}]`);
  await select.focus();
  await select.selectOption(value);
  await settled(page);
}

const bare = (text) => text.replace(/(?<=\d),(?=\d{3})/g, "").replace(/^\+?(-?[\d.e-]+) (%|ms|s)$/, "$1");

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

/** A series as rows, beside its comparison. */
const compared = ({ data, comparison }) =>
  data.map(({ period, value }, index) => {
    const { period: earlier, value: before, change } = comparison.data[index];
    return [period, earlier, value, before, change].map(cell);
  });

const sum = (points) => points.reduce((total, { value }) => total + value, 0);

/** The users of cohorts, and those of them who returned. */
const together = (cohorts) => ({
  cohortSize: cohorts.reduce((total, one) => total + one.cohortSize, 0),
  retained: cohorts.reduce((total, one) => total + one.retained, 0),
});

/** The share that returned, in percent with two decimals. */
const share = ({ cohortSize, retained }) => String(Number(((retained / cohortSize) * 100).toFixed(2)));

/** The change of the share that returned; undefined if there is none. */
const changeOfShare = (now, before) =>
  now.cohortSize * before.retained === 0 ? undefined : percent(now.retained * before.cohortSize, before.retained * now.cohortSize);

/** In percent of what was before, with two decimals. */
const percent = (now, before) => String(Math.sign(now - before) * Number(((Math.abs(now - before) / before) * 100).toFixed(2)));

test("a filter counts only events with the chosen values", async () => {
  const opened = await open(METRICS);
  const { page } = opened;
  const whole = await cells(page, "tool-calls");
  await page.getByRole("button", { name: "Filter by a property" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Filter" });
  await dialog.getByRole("checkbox", { name: /^Germany \(\d+\)$/ }).waitFor();
  const known = await api("/v1/metrics/users-by?dimension=country&limit=1000");
  assert.deepEqual(
    await dialog.locator(".values label").allTextContents(),
    known.data.map(({ key, count }) => `${key} (${count})`),
  );
  await assertAccessible(page);
  const find = dialog.getByRole("searchbox", { name: "Find or type a value" });
  await find.fill("germ");
  await find.press("Enter");
  await dialog.getByRole("checkbox", { name: "France" }).check();
  await find.fill("Atlantis");
  assert.deepEqual(await dialog.locator(".values label").allTextContents(), ["Atlantis"]);
  await find.press("Enter");
  await dialog.getByText("3 values chosen.").waitFor();
  await dialog.getByRole("checkbox", { name: "Atlantis" }).uncheck();
  await page.screenshot({ path: `${SCREENSHOTS}filter.png` });
  await dialog.getByRole("button", { name: "Apply" }).press("Enter");
  await settled(page);
  assert.equal(new URL(page.url()).searchParams.get("country"), "Germany,France");
  assert.equal(await page.evaluate(() => document.activeElement.name), "filter");
  await page.getByRole("button", { name: "Country: Germany, France (change the filter)" }).waitFor();

  const window = "from=2011-11-10&to=2011-12-09";
  const filter = `${window}&country=France&country=Germany`;
  const metric = (name, more = "") => api(`/v1/metrics/${name}?${filter}${more}`);
  const cohorts = await metric("retention", "&days=1");
  const assertFiltered = async () => {
    assert.deepEqual(await cells(page, "active-users"), side(await metric("dau"), await metric("wau"), await metric("mau")).map((row) => row.map(cell)));
    for (const [panel, name] of [["new-users", "new-users"], ["sessions", "daily-sessions"], ["session-length", "session-length"], ["tool-calls", "tool-calls"], ["tool-calls-per-user", "tool-calls-per-user"]]) {
      assert.deepEqual(await cells(page, panel), side(await metric(name)).map((row) => row.map(cell)), panel);
    }
    assert.deepEqual(
      (await cells(page, "retention")).map((row) => row.slice(0, 3)),
      cohorts.data.filter(({ cohortSize }) => cohortSize > 0).map(({ period, cohortSize, retained }) => [period, cohortSize, retained].map(cell)),
    );
  };
  await assertFiltered();
  // An event has one country.
  const { groups } = await api(`/v1/metrics/tool-calls?${window}&by=country&groups=50`);
  const chosen = groups.filter(({ key }) => key === "Germany" || key === "France");
  const shown = (await cells(page, "tool-calls")).map(([, value]) => ({ value: Number(value) }));
  assert.equal(sum(shown), sum(chosen.flatMap(({ data }) => data)));
  assert.ok(sum(shown) > 0 && sum(shown) < sum(whole.map(([, value]) => ({ value: Number(value) }))));
  for (const panel of ["feature-adoption", "power-users", "users-by"]) {
    await page.locator(`[data-panel=${panel}]`).getByText("This is not filtered.").waitFor();
  }

  await page.reload();
  await settled(page);
  await assertFiltered();
  await page.getByRole("button", { name: "Remove the filter by country" }).press("Enter");
  await settled(page);
  assert.equal(new URL(page.url()).searchParams.get("country"), null);
  assert.equal(await page.evaluate(() => document.activeElement.name), "filter");
  assert.deepEqual(await cells(page, "tool-calls"), whole);
  await page.goBack();
  await settled(page);
  await assertClean(opened, "metrics-filtered");
});

test("session length shows the chosen statistic", async () => {
  const { page, context } = await open(METRICS);
  const panel = page.locator("[data-panel=session-length]");
  const window = "from=2011-11-10&to=2011-12-09";
  for (const [statistic, option] of [["p50", "median"], ["p90", "90th percentile"], ["average", "average"]]) {
    await panel.getByLabel("Statistic").selectOption({ label: option });
    await settled(page);
    assert.equal(new URL(page.url()).searchParams.get("statistic"), statistic === "average" ? null : statistic);
    const expected = side(await api(`/v1/metrics/session-length?${window}&statistic=${statistic}`)).map((row) => row.map(cell));
    assert.deepEqual(await cells(page, "session-length"), expected, statistic);
  }
  await context.close();
});

test("a value with a comma is one value", async () => {
  const { page, context } = await open(`${METRICS}&country=Germany`);
  const german = await cells(page, "tool-calls");
  const filter = (values) => page.getByRole("button", { name: `Country: ${values} (change the filter)` });
  await filter("Germany").press("Enter");
  const dialog = page.getByRole("dialog", { name: "Filter" });
  await dialog.getByRole("checkbox", { name: /^Germany/ }).waitFor();
  const find = dialog.getByRole("searchbox", { name: "Find or type a value" });
  for (const value of ["Korea, Republic of", '"quoted"']) {
    await find.fill(value);
    await find.press("Enter");
  }
  await dialog.getByRole("button", { name: "Apply" }).press("Enter");
  await settled(page);
  assert.equal(new URL(page.url()).searchParams.get("country"), 'Germany,"Korea, Republic of","""quoted"""');
  assert.deepEqual(await cells(page, "tool-calls"), german);
  await page.reload();
  await settled(page);
  await filter('Germany, Korea, Republic of, "quoted"').press("Enter");
  for (const value of ["Germany", "Korea, Republic of", '"quoted"']) {
    assert.ok(await dialog.locator(`input[type=checkbox][value=${JSON.stringify(value)}]`).isChecked(), value);
  }
  await context.close();
});

test("Enter chooses the value that is typed before one that has the text", async () => {
  const { page, context } = await open(METRICS);
  await page.getByRole("button", { name: "Filter by a property" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Filter" });
  await dialog.getByRole("checkbox", { name: /^Germany \(\d+\)$/ }).waitFor();
  const find = dialog.getByRole("searchbox", { name: "Find or type a value" });
  const values = dialog.locator(".values input");
  const all = () => values.evaluateAll((found) => found.map(({ value, checked }) => [value, checked]));
  await find.fill("West Germany");
  await find.press("Enter");
  await find.fill("Germany");
  assert.deepEqual(await all(), [["West Germany", true], ["Germany", false]]);
  await find.press("Enter");
  await dialog.getByText("2 values chosen.").waitFor();
  // The case does not count, and a part of a name is enough.
  for (const [text, value] of [["franc", "France"], ["FRANCE-SUD", "FRANCE-SUD"], ["france", "France"]]) {
    await find.fill(text);
    await find.press("Enter");
    assert.ok(await dialog.locator(`.values input[value="${value}"]`).isChecked(), text);
  }
  await dialog.getByRole("button", { name: "Apply" }).press("Enter");
  await settled(page);
  assert.equal(new URL(page.url()).searchParams.get("country"), "West Germany,Germany,France,FRANCE-SUD");
  await context.close();
});

test("an empty value filters events that have none", async () => {
  const { page, context } = await open(`${METRICS}&locale=`);
  await page.getByRole("button", { name: "Locale: (none) (change the filter)" }).waitFor();
  const all = await api("/v1/metrics/tool-calls?from=2011-11-10&to=2011-12-09");
  assert.deepEqual(await cells(page, "tool-calls"), side(all).map((row) => row.map(cell)));
  assert.deepEqual(await cells(page, "sessions"), side(await api("/v1/metrics/daily-sessions?from=2011-11-10&to=2011-12-09&locale=")).map((row) => row.map(cell)));
  await page.goto(LINK.origin + `/${METRICS}&country=`);
  await settled(page);
  assert.ok((await cells(page, "tool-calls")).every(([, value]) => value === "0"));
  await context.close();
});

test("groups are the largest values of a property, and the others", async () => {
  const opened = await open(METRICS);
  const { page } = opened;
  await pick(page, "by", "country");
  await pick(page, "groups", "3");
  const query = "from=2011-11-10&to=2011-12-09&by=country&groups=3";
  const assertGrouped = async (panel, name) => {
    const { data, groups, rest } = await api(`/v1/metrics/${name}?${query}`);
    const names = [...groups.map(({ key }) => key), "Other"];
    assert.equal(names.length, 4);
    assert.deepEqual((await columns(page, panel)).slice(1), ["All", ...names]);
    assert.deepEqual(await legend(page, panel), names);
    assert.deepEqual(await cells(page, panel), side({ data }, ...groups, rest).map((row) => row.map(cell)), panel);
    await page.locator(`[data-panel=${panel}]`).getByText(`Other: ${rest.groups} more value`).waitFor();
  };
  await assertGrouped("active-users", "dau");
  await assertGrouped("new-users", "new-users");
  await assertGrouped("sessions", "daily-sessions");
  await assertGrouped("session-length", "session-length");
  await assertGrouped("tool-calls", "tool-calls");
  await assertGrouped("tool-calls-per-user", "tool-calls-per-user");
  // Each tool call is in one group.
  for (const [, all, ...parts] of await cells(page, "tool-calls")) {
    assert.equal(parts.reduce((total, part) => total + Number(part), 0), Number(all));
  }
  await page.locator("[data-panel=users-by]").getByText("This is not grouped.").waitFor();
  await pick(page, "active", "mau", "active-users");
  assert.equal(await page.evaluate(() => document.activeElement.name), "active");
  await assertGrouped("active-users", "mau");

  await pick(page, "after", "7", "retention");
  const { data, groups, rest } = await api(`/v1/metrics/retention?${query}&days=7`);
  assert.deepEqual(
    await cells(page, "retention"),
    [{ key: "All", data }, ...groups, { key: "Other", ...rest }].map((one) => [one.key, together(one.data).cohortSize, together(one.data).retained].map(cell)),
  );
  await assertClean(opened, "metrics-grouped");
});

test("a comparison shows an earlier window and the change", async () => {
  const opened = await open(METRICS);
  const { page } = opened;
  await pick(page, "compare", "previous");
  const query = "from=2011-11-10&to=2011-12-09&compare=previous";
  const additive = [["new-users", "new-users", "New users"], ["sessions", "daily-sessions", "Sessions"], ["tool-calls", "tool-calls", "Tool calls"]];
  for (const [panel, name, title] of additive) {
    const answer = await api(`/v1/metrics/${name}?${query}`);
    assert.deepEqual(await columns(page, panel), ["Day", "Compared with", title, `${title} before`, `${title} change`]);
    assert.deepEqual(await legend(page, panel), [title, `${title} before`]);
    assert.deepEqual(await cells(page, panel), compared(answer), panel);
    // Known without the comparison: the window before is another request.
    const before = sum((await api(`/v1/metrics/${name}?from=2011-10-11&to=2011-11-09`)).data);
    const now = sum(answer.data);
    assert.deepEqual(await changes(page, panel), [[title, String(now), String(before), percent(now, before)]]);
    await page.locator(`[data-panel=${panel}]`).getByText("The lighter lines are those of 2011-10-11 to 2011-11-09.").waitFor();
  }
  for (const [panel, name, title] of [["session-length", "session-length", "Seconds"], ["tool-calls-per-user", "tool-calls-per-user", "Tool calls per user"]]) {
    const answer = await api(`/v1/metrics/${name}?${query}`);
    assert.deepEqual(await cells(page, panel), compared(answer), panel);
    const { value, change } = answer.comparison.data.at(-1);
    assert.deepEqual(await changes(page, panel), [[title, answer.data.at(-1).value, value, change ?? "nothing before"].map(cell)]);
  }
  const series = await Promise.all(["dau", "wau", "mau"].map((name) => api(`/v1/metrics/${name}?${query}`)));
  assert.deepEqual(
    await cells(page, "active-users"),
    series[0].data.map(({ period }, index) =>
      [period, series[0].comparison.data[index].period, ...series.flatMap(({ data, comparison }) => [data[index].value, comparison.data[index].value, comparison.data[index].change])].map(cell),
    ),
  );
  await page.locator("[data-panel=feature-adoption]").getByText("This is not compared.").waitFor();

  // A person sees the change beside the earlier value.
  const chart = page.locator("[data-panel=tool-calls] .u-over");
  await chart.scrollIntoViewIfNeeded();
  const { width, height } = await chart.boundingBox();
  await chart.hover({ position: { x: width - 1, y: height / 2 } });
  const newest = (await api(`/v1/metrics/tool-calls?${query}`)).comparison.data.at(-1);
  const shown = `${new Intl.NumberFormat("en").format(newest.value)} (${newest.change > 0 ? "+" : ""}${newest.change} %)`;
  await page.locator("[data-panel=tool-calls] .u-legend .u-value").getByText(shown, { exact: true }).waitFor();
  await assertClean(opened, "metrics-compared");
});

test("the cohorts of retention are compared with those of an earlier window", async () => {
  const opened = await open(METRICS);
  const { page } = opened;
  await pick(page, "compare", "previous");
  const text = (change) => (change === undefined ? "–" : `${change > 0 ? "+" : ""}${new Intl.NumberFormat("en").format(change)} %`);
  // Weeks are compared with as many whole ones before, days with as many days.
  const units = [
    ["week", "Week", [1, 2, 3, 4, 5, 6, 7, 8], "from=2011-10-06&to=2011-11-04"],
    ["day", "Day", [1, 2, 3, 4, 5, 6, 7, 14], "from=2011-10-11&to=2011-11-09"],
  ];
  for (const [unit, title, returns, earlier] of units) {
    await pick(page, "unit", unit, "retention");
    // Known without the comparison: the window before is another request.
    const ask = (window) => Promise.all(returns.map((days) => api(`/v1/metrics/retention?${window}&unit=${unit}&days=${days}`)));
    const [now, before] = [await ask("from=2011-11-10&to=2011-12-09"), await ask(earlier)];
    const rows = now[0].data
      .map((_, place) => returns.map((_days, index) => [now[index].data[place], before[index].data[place]]))
      .filter(([[one, other]]) => one.cohortSize + other.cohortSize > 0);
    assert.deepEqual(await columns(page, "retention", ".body"), ["First use", "Users", ...returns.map((days) => `${title} ${days}`)]);
    assert.deepEqual(
      await triangle(page, "retention"),
      rows.map((pairs) => [
        [pairs[0][0].period, "", ""],
        [String(pairs[0][0].cohortSize), "", `Before: ${pairs[0][1].cohortSize}`],
        ...pairs.map(([one, other]) => [String(one.retained), text(changeOfShare(one, other)), `Before: ${other.retained} of ${other.cohortSize}`]),
      ]),
    );
    assert.deepEqual(
      await columns(page, "retention", "details"),
      ["First use", "Compared with", "Users", "Users before", ...returns.map((days) => `${title} ${days}`).flatMap((name) => [name, `${name} before`, `${name} change`])],
    );
    const all = rows.map((pairs) => [
      ...["period", "cohortSize"].flatMap((name) => pairs[0].map((cohort) => cohort[name])),
      ...pairs.flatMap(([one, other]) => [one.retained, other.retained, changeOfShare(one, other)]),
    ]);
    assert.deepEqual(await cells(page, "retention", "details"), all.map((row) => row.map(cell)));
    assert.ok(unit === "day" || all.some((row) => row.slice(4).some((value, index) => index % 3 === 2 && value !== undefined)), "No change to compare");
    assert.deepEqual(
      await changes(page, "retention"),
      returns.map((days, index) => {
        const [one, other] = [together(now[index].data), together(before[index].data)];
        return [`${title} ${days}`, share(one), share(other), changeOfShare(one, other) ?? "nothing before"];
      }),
    );
  }
  await page.locator("[data-panel=retention]").getByText("Before: first uses from 2011-10-11 to 2011-11-09.").waitFor();

  const shown = await triangle(page, "retention");
  await page.reload();
  await settled(page);
  assert.deepEqual(await triangle(page, "retention"), shown);
  await page.locator("[data-panel=retention] summary").press("Enter");
  await page.locator("[data-panel=retention] header").scrollIntoViewIfNeeded();
  await assertClean(opened, "metrics-retention-compared");
});

test("groups are compared, too", async () => {
  const opened = await open(`${METRICS}&by=country&groups=3&compare=previous`);
  const { page } = opened;
  assert.equal(await page.locator("#toolbar [name=compare]").inputValue(), "previous");
  const answer = await api("/v1/metrics/tool-calls?from=2011-11-10&to=2011-12-09&by=country&groups=3&compare=previous");
  const beside = ({ data, comparison }, index) => [data[index].value, comparison.data[index].value, comparison.data[index].change];
  assert.deepEqual(
    await cells(page, "tool-calls"),
    answer.data.map(({ period }, index) =>
      [period, answer.comparison.data[index].period, ...beside(answer, index), ...answer.groups.flatMap((group) => beside(group, index)), answer.rest.data[index].value].map(cell),
    ),
  );
  assert.deepEqual(
    await changes(page, "tool-calls"),
    [{ key: "All", ...answer }, ...answer.groups].map(({ key, data, comparison }) => {
      const [now, before] = [sum(data), sum(comparison.data)];
      return [key, String(now), String(before), before === 0 ? "nothing before" : percent(now, before)];
    }),
  );
  assert.deepEqual(await legend(page, "tool-calls"), [...answer.groups.flatMap(({ key }) => [key, `${key} before`]), "Other"]);

  // Known without the comparison: a group has the numbers that a filter by its value gives.
  await pick(page, "after", "7", "retention");
  const { data, groups, rest } = await api("/v1/metrics/retention?from=2011-11-10&to=2011-12-09&by=country&groups=3&days=7");
  const before = async (filter) => together((await api(`/v1/metrics/retention?from=2011-10-11&to=2011-11-09&days=7${filter}`)).data);
  const pairs = [["All", together(data), await before("")]];
  for (const group of groups) {
    pairs.push([group.key, together(group.data), await before(`&country=${encodeURIComponent(group.key)}`)]);
  }
  const other = together(rest.data);
  assert.deepEqual(await columns(page, "retention"), ["Group", "New users", "New users before", "Returned", "Returned before"]);
  assert.deepEqual(
    await cells(page, "retention"),
    [
      ...pairs.map(([key, one, then]) => [key, one.cohortSize, then.cohortSize, one.retained, then.retained]),
      ["Other", other.cohortSize, null, other.retained, null],
    ].map((row) => row.map(cell)),
  );
  assert.deepEqual(
    await changes(page, "retention"),
    pairs.map(([key, one, then]) => [key, share(one), then.cohortSize === 0 ? "0" : share(then), changeOfShare(one, then) ?? "nothing before"]),
  );
  await assertClean(opened, "metrics-groups-compared");
});

test("a comparison with nothing says so", async () => {
  const year = await open("?view=metrics&from=2010-12-01&to=2010-12-05&compare=year");
  const [[, now, before, change]] = await changes(year.page, "tool-calls");
  assert.ok(Number(now) > 0);
  assert.deepEqual([before, change], ["0", "nothing before"]);
  assert.deepEqual((await cells(year.page, "tool-calls")).map((row) => row.slice(-2)), Array(5).fill(["0", "–"]));
  assert.deepEqual((await changes(year.page, "retention")).map((row) => row.slice(2)), Array(8).fill(["0", "nothing before"]));
  assert.doesNotMatch(await year.page.locator("main").textContent(), /Infinity|NaN|null|undefined/);
  await year.context.close();

  const kept = await fetch(`${env.QUARRY_URL}/v1/metrics/dau`, { headers: { "x-api-key": env.MCPEEK_KEY } });
  const first = kept.headers.get("X-Data-Since");
  const lost = await open(`?view=metrics&from=${first}&to=${first}&compare=previous`);
  assert.deepEqual(await changes(lost.page, "tool-calls"), [["Tool calls", "0", "–", "no data before"]]);
  assert.doesNotMatch(await lost.page.locator("main").textContent(), /Infinity|NaN|null|undefined/);
  await lost.context.close();
});

test("new users and retention have weeks and months", async () => {
  const { page, context } = await open(METRICS);
  const window = "from=2011-11-10&to=2011-12-09";
  await pick(page, "granularity", "week", "new-users");
  assert.deepEqual(await cells(page, "new-users"), side(await api(`/v1/metrics/new-users?${window}&granularity=week`)).map((row) => row.map(cell)));
  await pick(page, "week_start", "sunday", "new-users");
  assert.equal(await page.evaluate(() => document.activeElement.closest("[data-panel]").dataset.panel), "new-users");
  const weeks = await cells(page, "new-users");
  assert.deepEqual(weeks, side(await api(`/v1/metrics/new-users?${window}&granularity=week&week_start=sunday`)).map((row) => row.map(cell)));
  assert.ok(weeks.every(([first]) => new Date(first).getUTCDay() === 0));
  const daily = await api(`/v1/metrics/new-users?${window}`);
  assert.equal(weeks.reduce((total, [, value]) => total + Number(value), 0), sum(daily.data));

  await pick(page, "unit", "week", "retention");
  assert.equal(await page.locator("[data-panel=retention] [name=week_start]").inputValue(), "sunday");
  for (const [unit, returns, more] of [["week", 8, "&week_start=sunday"], ["month", 6, ""]]) {
    await pick(page, "unit", unit, "retention");
    const answers = await Promise.all(Array.from({ length: returns }, (_, index) => api(`/v1/metrics/retention?${window}&unit=${unit}${more}&days=${index + 1}`)));
    const shown = await cells(page, "retention");
    assert.deepEqual(
      shown,
      answers[0].data
        .filter(({ cohortSize }) => cohortSize > 0)
        .map(({ period, cohortSize }) => [period, cohortSize, ...answers.map(({ data }) => data.find((cohort) => cohort.period === period)?.retained)].map(cell)),
    );
    assert.ok(shown.some(([, ...numbers]) => numbers.slice(1).some((returned) => Number(returned) > 0)));
  }
  assert.equal(await page.locator("[data-panel=retention] [name=week_start]").count(), 0);
  await page.reload();
  await settled(page);
  assert.equal(await page.locator("[data-panel=retention] [name=unit]").inputValue(), "month");
  await context.close();
});

test("a window of more than 1,000 days says that it shows the newest ones", async () => {
  const remark = "This shows the newest 1,000 days of the window.";
  const { page, context } = await open("?view=metrics&from=2009-03-14&to=2011-12-09");
  const rows = await cells(page, "tool-calls");
  assert.deepEqual([rows.length, rows[0][0]], [1000, "2009-03-15"]);
  for (const panel of ["active-users", "new-users", "sessions", "session-length", "tool-calls", "tool-calls-per-user", "retention"]) {
    await page.locator(`[data-panel=${panel}]`).getByText(remark).waitFor();
  }
  await pick(page, "granularity", "week", "new-users");
  assert.equal(await page.locator("[data-panel=new-users]").getByText("This shows the newest").count(), 0);
  await pick(page, "by", "country");
  await page.locator("[data-panel=retention]").getByText(remark).waitFor();

  await page.getByLabel("From", { exact: true }).fill("2009-03-15");
  await settled(page);
  assert.equal((await cells(page, "tool-calls")).length, 1000);
  assert.equal(await page.getByText("This shows the newest").count(), 0);
  await context.close();
});

test("app health and the organization say which days of their windows are not complete", async () => {
  const day = 86_400_000;
  const views = [
    ["?view=apps&hours=24", day, " (UTC)"],
    ["?view=orgs&workspace=d33bs-upptime-curc&days=7", 6 * day, ""],
  ];
  const sentences = [];
  for (const [search, length, zone] of views) {
    const { page, seen, context } = await open(search);
    const since = seen.answers.filter((answer) => answer.url().includes("/analytics")).flatMap((answer) => answer.headers()["x-data-since"] ?? []).sort().at(-1);
    // The stack keeps everything for so long that the page's clock goes back.
    const isTold = async (now) => {
      await page.clock.setFixedTime(now);
      await page.getByRole("button", { name: "Refresh the numbers" }).click();
      const checked = page.locator("#freshness", { hasText: `Checked at ${new Date(now).toISOString().slice(0, 19).replace("T", " ")}` });
      return (await checked.textContent()).includes(sentences.at(-1));
    };
    sentences.push(`Days before ${since}${zone} are not complete.`);
    const border = Date.parse(since) + length;
    assert.deepEqual([await isTold(border), await isTold(border - 60_000)], [false, true], search);
    await context.close();
  }

  const [since] = /\d{4}-\d\d-\d\d/.exec(sentences[0]);
  for (const [start, isTold] of [["05:29", true], ["05:30", false]]) {
    const { page, context } = await open(`?view=apps&tz=Asia%2FKolkata&start=${since}T${start}&end=${since}T12:00`);
    const checked = page.locator("#freshness", { hasText: "Checked at" });
    assert.equal((await checked.textContent()).includes(sentences[0]), isTold, start);
    await context.close();
  }
});

test("an invalid question is answered in words", async () => {
  const { page, context } = await open(`${METRICS}&country=${Array.from({ length: 101 }, (_, index) => index).join(",")}`);
  await page.locator("[data-panel=tool-calls] .failure", { hasText: "at most 100 values" }).waitFor();
  await page.locator("[data-panel=users-by] tbody tr").first().waitFor();
  await context.close();
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

/** An answer of the apps API. */
const app = (query, id = "web") => api(`/v1/apps/${id}/analytics?ratings=true&${query}`, { Authorization: `Bearer ${env.MIXPEEK_KEY}` });
const midnight = (ago) => `${new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)}T00:00`;

test("app health can have a window from a start to an end", async () => {
  const { page, context } = await open("?view=apps&tz=Europe%2FBerlin");
  await pick(page, "hours", "bounds");
  const inputs = { start: page.getByLabel("From", { exact: true }), end: page.getByLabel("To", { exact: true }) };
  await inputs.start.fill(midnight(4).replace("00:00", "06:30"));
  await settled(page);
  await inputs.end.fill(midnight(2));
  await settled(page);
  const bounds = `start=${midnight(4).replace("00:00", "06:30")}&end=${midnight(2)}`;
  const link = new URL(page.url()).searchParams;
  assert.equal(`start=${link.get("start")}&end=${link.get("end")}`, bounds);
  const answer = await app(`${bounds}&tz=Europe/Berlin`);
  assert.ok(answer.total_errors > 0);
  assert.deepEqual(await cells(page, "health"), [[answer.total_errors, answer.error_rate_per_minute, answer.total_events, answer.total_pageviews].map(cell)]);
  const shown = (await cells(page, "errors-over-time")).map(([, count]) => ({ value: Number(count) }));
  assert.equal(shown.length, answer.errors_over_time.length);
  assert.equal(sum(shown), answer.total_errors);
  await page.reload();
  await settled(page);
  assert.equal(await inputs.start.inputValue(), link.get("start"));

  await inputs.end.fill(midnight(5));
  await page.locator("[data-panel=health] .failure", { hasText: "before 'end'" }).waitFor();
  await pick(page, "hours", "24");
  assert.equal(new URL(page.url()).searchParams.get("start"), null);
  assert.equal(await inputs.start.count(), 0);
  await context.close();
});

test("app health is compared with an earlier window", async () => {
  const bounds = `start=${midnight(3)}&end=${midnight(1)}`;
  const opened = await open(`?view=apps&${bounds}`);
  const { page } = opened;
  await pick(page, "compare", "previous");
  const answer = await app(`${bounds}&compare=previous`);
  const before = await app(`start=${midnight(5)}&end=${midnight(3)}`);
  assert.ok(before.total_errors > 0);
  const total = (title, name) => [title, String(answer[name]), String(before[name]), before[name] === 0 ? "nothing before" : percent(answer[name], before[name])];
  assert.deepEqual(await changes(page, "health"), [total("Errors", "total_errors"), total("Events", "total_events"), total("Page views", "total_pageviews")]);
  assert.deepEqual(
    await cells(page, "errors-over-time"),
    answer.errors_over_time.map(({ timestamp, count }, index) =>
      [timestamp, before.errors_over_time[index].timestamp, count, before.errors_over_time[index].count, answer.comparison.errors_over_time[index].change].map(cell),
    ),
  );
  assert.deepEqual(await legend(page, "errors-over-time"), ["Errors", "Errors before"]);
  await page.locator("[data-panel=errors-over-time]").getByText(`Before: ${midnight(5).replace("T", " ")}:00 to ${midnight(3).replace("T", " ")}:00.`).waitFor();
  await page.locator("[data-panel=vitals]").getByText("This is not compared.").waitFor();

  await pick(page, "compare", "year");
  assert.deepEqual((await changes(page, "health")).map((row) => row.slice(2)), Array(3).fill(["0", "nothing before"]));
  assert.doesNotMatch(await page.locator("main").textContent(), /Infinity|NaN|undefined/);
  await pick(page, "compare", "previous");
  await assertClean(opened, "apps-compared");
});

test("web vitals are shown by page", async () => {
  const values = { "/a": [4000, 3000, 2000, 1000], "/b": [10, 20, 30], "/c": [100, 200], "/d": [7] };
  await insert(
    "canvas_vitals",
    Object.entries(values).flatMap(([url, all]) =>
      all.map((value) => ({ organization_id: "org_demo", app_id: "kafka", event_id: randomUUID(), timestamp: new Date().toISOString(), metric_name: "FCP", value, url })),
    ),
  );
  const opened = await open("?view=apps&app=kafka&hours=24");
  const { page } = opened;
  await pick(page, "pages", "each", "vitals");
  await pick(page, "groups", "3", "vitals");
  const shown = () => cells(page, "vitals").then((rows) => rows.filter(([, vital]) => vital === "FCP"));
  for (const end = Date.now() + WAIT; (await shown())[0]?.[0] !== "All"; ) {
    assert.ok(Date.now() < end, "The vitals are not counted");
    await page.getByRole("button", { name: "Refresh the numbers" }).click();
    await settled(page);
  }
  assert.deepEqual(await shown(), [
    ["All", "FCP", "needs-improvement", "100", "2000", "4000", "10"],
    ["/a", "FCP", "needs-improvement", "2000", "3000", "4000", "4"],
    ["/b", "FCP", "good", "20", "30", "30", "3"],
    ["Other", "FCP", "good", "100", "200", "200", "3"],
  ]);
  // The third page is the empty one, which has another vital.
  await page.locator("[data-panel=vitals]").getByText("Other: 2 more pages.").waitFor();
  await assertClean(opened, "apps-pages");
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

/** A day of more integrations than a table shows, of one mode and without failures, and no call before and after it. */
const BUSY = "2001-06-01";

/** Shows the summary and the lists of a day, as soon as the busy day is counted. */
async function openAfterBusyDay(day) {
  // The same calls again count once.
  const call = (index) => ({
    organization_id: "org_demo",
    event_id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    time: `${BUSY} 12:00:00`,
    integration_key: `integration ${index}`,
    mode: "vendor_api",
    outcome: "success",
    latency_ms: 100 + index,
  });
  await insert("invocations", Array.from({ length: 21 }, (_, index) => call(index)));
  const opened = await open(`?view=integrations&from=${day}&to=${day}`);
  for (const end = Date.now() + WAIT; (await cells(opened.page, "summary"))[0]?.includes("21") !== true; ) {
    assert.ok(Date.now() < end, "The calls are not counted");
    await opened.page.getByRole("button", { name: "Refresh the numbers" }).click();
    await settled(opened.page);
  }
  return opened;
}

test("only a list that is cut says that there are more", async () => {
  const { page, context } = await openAfterBusyDay(BUSY);
  const cut = () => page.locator("[data-panel]", { hasText: "There are more; this shows the largest." }).evaluateAll((panels) => panels.map((panel) => panel.dataset.panel));
  const lengths = async () => [(await cells(page, "by-integration")).length, (await cells(page, "by-mode")).length];
  assert.deepEqual([await lengths(), await cut()], [[20, 1], ["by-integration"]]);
  await pick(page, "compare", "previous");
  assert.deepEqual([await lengths(), await cut()], [[20, 1], ["by-integration"]]);
  await context.close();
});

test("a period without calls has no number to compare", async () => {
  const { page, context } = await openAfterBusyDay("2001-06-02");
  assert.deepEqual(await cells(page, "summary"), [
    ["Calls", "0", "21", "-100"],
    ["Failures", "0", "0", "nothing before"],
    ["Success in %", "–", "100", "no data now"],
    ["Average latency in ms", "–", "110", "no data now"],
    ["p95 latency in ms", "–", "119", "no data now"],
  ]);
  await context.close();
});

test("integrations are compared with an earlier window", async () => {
  const day = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const opened = await open(`?view=integrations&from=${day(7)}&to=${day(1)}`);
  const { page } = opened;
  await pick(page, "compare", "previous");
  const ask = (panel, from, to, more = "") =>
    api(`/v1/analytics/integrations/${panel}?granularity=day&start_date=${from}&end_date=${to}${more}`, { "x-api-key": env.FEATHER_KEY });
  const both = async (panel, more) => [await ask(panel, day(7), day(1), more), await ask(panel, day(14), day(8), more)];
  const seriesOf = async (panel, names) => {
    const [now, before] = await both(panel);
    return now.map((one, index) => [one.time_bucket, before[index].time_bucket, ...names.flatMap((name) => [one[name], before[index][name]])].map(cell));
  };
  const outcomes = ["successful", "vendor_errors", "exceptions"];
  const usage = await seriesOf("usage", outcomes);
  assert.equal(usage.length, 7);
  assert.deepEqual(await cells(page, "usage"), usage);
  assert.deepEqual(await cells(page, "success-rate"), await seriesOf("success-rate", ["success_rate_pct"]));
  assert.deepEqual(await cells(page, "latency"), await seriesOf("latency", ["p50_ms", "p90_ms", "p95_ms", "p99_ms"]));
  const total = (column) => usage.reduce((so, row) => so + Number(row[column]), 0);
  assert.deepEqual(
    await changes(page, "usage"),
    ["Successful", "Vendor errors", "Exceptions"].map((title, index) => {
      const [now, before] = [total(2 + 2 * index), total(3 + 2 * index)];
      return [title, String(now), String(before), before === 0 ? "nothing before" : percent(now, before)];
    }),
  );
  const groupsOf = async (panel, key, names, endpoint = panel) => {
    const [now, before] = await both(endpoint, "&limit=1000");
    const rows = (await cells(page, panel)).map((row) => [row[0], row]);
    assert.ok(rows.length > 0);
    for (const [name, row] of rows) {
      const [one, other] = [now, before].map((all) => all.find((group) => cell(group[key]) === name));
      assert.deepEqual(row, [name, ...names.flatMap((measure) => [one?.[measure], other?.[measure]])].map(cell));
    }
  };
  const measures = ["invocations", ...outcomes, "success_rate_pct", "p95_latency_ms"];
  await groupsOf("by-integration", "integration_key", measures);
  await groupsOf("by-mode", "mode", measures);
  await groupsOf("errors", "error_category", ["count", "share_pct"], "error-breakdown");
  const [summary] = await ask("summary", day(7), day(1));
  assert.deepEqual((await cells(page, "summary"))[0], ["Calls", summary.current_invocations, summary.previous_invocations, summary.pct_change_invocations].map(cell));

  await pick(page, "compare", "year");
  assert.deepEqual((await cells(page, "summary"))[0], ["Calls", String(summary.current_invocations), "0", "nothing before"]);
  assert.ok((await cells(page, "by-mode")).every((row) => row[2] === "–"));
  assert.doesNotMatch(await page.locator("main").textContent(), /Infinity|NaN|undefined/);
  await pick(page, "compare", "previous");
  await assertClean(opened, "integrations-compared");
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
  const points = ({ data }) => data.map(({ timestamp, value }) => [timestamp, value]);
  assert.ok(executions.total > 0);
  await assertPanels(page, {
    organization: [[all.workspaces, ...numbers(all.executions), ...kinds.map((kind) => all.resources[kind])]],
    resources: [kinds.map((kind) => get(`${base}/resources`)[kind])],
    executions: [["Window", ...numbers(executions)], ...(executions.previous ? [["Before", ...numbers(executions.previous)]] : [])],
    "executions-daily": points(get(`${base}/executions/daily`)),
    "executions-hourly": points(get(`${base}/executions/hourly`)),
  });
  await assertClean(opened, "orgs");
});

test("executions are compared with an earlier window", async () => {
  const opened = await open("?view=orgs&workspace=d33bs-upptime-curc&days=7");
  const { page } = opened;
  await pick(page, "compare", "previous");
  const base = "/v1/orgs/org_demo/workspaces/d33bs-upptime-curc/analytics/executions";
  const executions = (path) => api(`${base}/${path}`, { Authorization: `Bearer ${env.MECHA_TOKEN}` });
  const { data: twice } = await executions("daily?days=14");
  const [before, now] = [twice.slice(0, 7), twice.slice(7)];
  const { comparison } = await executions("daily?days=7&compare=previous");
  assert.deepEqual(
    await cells(page, "executions-daily"),
    now.map(({ timestamp, value }, index) => [timestamp, before[index].timestamp, value, before[index].value, comparison[index].change].map(cell)),
  );
  assert.ok(sum(before) > 0);
  assert.deepEqual(await changes(page, "executions-daily"), [["Executions", String(sum(now)), String(sum(before)), percent(sum(now), sum(before))]]);
  const hourly = await executions("hourly?hours=48&compare=previous");
  assert.deepEqual(
    await cells(page, "executions-hourly"),
    hourly.data.map(({ timestamp, value }, index) => {
      const { timestamp: earlier, value: then, change } = hourly.comparison[index];
      return [timestamp, earlier, value, then, change].map(cell);
    }),
  );
  await page.locator("[data-panel=resources]").getByText("This is not compared.").waitFor();
  await pick(page, "compare", "year");
  assert.deepEqual((await changes(page, "executions-daily"))[0].slice(2), ["0", "nothing before"]);
  await pick(page, "compare", "previous");
  await assertClean(opened, "orgs-compared");
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

/** Shows the entries of an app's runtime log that have a text. */
async function find(page, text) {
  await page.locator("[data-panel=logs] [name=q]").fill(text);
  await page.keyboard.press("Tab");
  await settled(page);
}

const entry = (message, ago = 0) => ({ organization_id: "org_demo", app_id: "web", event_id: randomUUID(), timestamp: new Date(Date.now() - ago).toISOString(), level: "info", message });

test("a log that is followed has what came before that", async () => {
  const { page, context } = await open("?view=apps&hours=24");
  const text = `missed-${randomUUID()}`;
  await find(page, text);
  await page.getByText("There is no such entry.").waitFor();
  await insert("canvas_app_logs", [entry(text)]);
  await page.getByRole("button", { name: "Follow the log" }).click();
  await page.getByText("Following new entries").waitFor();
  assert.deepEqual((await cells(page, "logs")).map(([, , message]) => message), [text]);
  await context.close();
});

test("a log stays where a person reads it", { timeout: 3 * WAIT }, async () => {
  const { page, context } = await open("?view=apps&hours=24");
  const text = `read-${randomUUID()}`;
  await insert("canvas_app_logs", Array.from({ length: 60 }, (_, index) => entry(`${text} ${index}`, 1_000 * (index + 1))));
  await find(page, text);
  const box = page.locator("[data-panel=logs] .scroll");
  /** The entry below the middle of the box, and whether the box has the focus. */
  const place = () =>
    box.evaluate((element) => {
      const { top, height } = element.getBoundingClientRect();
      const row = [...element.querySelectorAll("tbody tr")].find((one) => one.getBoundingClientRect().top > top + height / 2);
      return [row.children[2].textContent, element === document.activeElement];
    });
  /** Puts an entry a little below the middle, so that parts of pixels do not matter. */
  const read = async (message) => {
    await box.evaluate((element, message) => {
      const { top, height } = element.getBoundingClientRect();
      const row = [...element.querySelectorAll("tbody tr")].find((one) => one.children[2].textContent === message);
      element.scrollTop += row.getBoundingClientRect().top - top - height / 2 - 8;
    }, message);
    await box.focus();
    assert.deepEqual(await place(), [message, true]);
  };
  await read(`${text} 30`);
  // Such a click leaves the focus where it is.
  await page.getByRole("button", { name: "Older entries" }).evaluate((older) => older.click());
  await page.waitForFunction(() => document.querySelectorAll("[data-panel=logs] tbody tr").length === 60);
  assert.deepEqual(await place(), [`${text} 30`, true]);

  await page.getByRole("button", { name: "Follow the log" }).click();
  await page.getByText("Following new entries").waitFor();
  assert.equal(await box.evaluate((element) => element.scrollTop), 0);
  await read(`${text} 20`);
  for (const index of [1, 2]) {
    await insert("canvas_app_logs", [entry(`${text} new ${index}`)]);
    await box.locator("td", { hasText: `new ${index}` }).waitFor({ state: "attached", timeout: WAIT });
    assert.deepEqual(await place(), [`${text} 20`, true]);
  }
  await box.evaluate((element) => element.scrollTo(0, 0));
  await insert("canvas_app_logs", [entry(`${text} newest`)]);
  await box.locator("td", { hasText: "newest" }).waitFor({ timeout: WAIT });
  assert.deepEqual(await box.evaluate((element) => [element.scrollTop, element === document.activeElement]), [0, true]);
  await context.close();
});

test("a log that cannot be read is not followed", async () => {
  const { page, context } = await open("?view=apps&hours=24");
  await page.route(/\/logs\?/, (route) => route.abort());
  await page.getByRole("button", { name: "Follow the log" }).click();
  await page.locator("[data-panel=logs] .failure", { hasText: "There is no connection to Quarry." }).waitFor();
  assert.equal(await page.locator("[data-panel=logs] button[aria-pressed]").getAttribute("aria-pressed"), "false");
  await context.close();
});

test("a log that was followed for long has no gap", { timeout: 3 * WAIT }, async () => {
  const text = `followed-${randomUUID()}`;
  const entries = (count, ago) =>
    Array.from({ length: count }, (_, index) => ({ organization_id: "org_demo", app_id: "web", event_id: randomUUID(), timestamp: new Date(Date.now() - ago + index).toISOString(), level: "info", message: text }));
  await insert("canvas_app_logs", entries(60, 60_000));
  const { page, context } = await open("?view=apps&hours=24");
  await page.locator("[name=q]").fill(text);
  await page.keyboard.press("Tab");
  await page.locator("[data-panel=logs] td", { hasText: text }).first().waitFor();
  await page.getByText("50 entries of the last 24 hours; there may be older ones.").waitFor();
  const older = page.getByRole("button", { name: "Older entries" });
  assert.ok(await older.isEnabled());
  await page.getByRole("button", { name: "Follow the log" }).click();
  await page.getByText("Following new entries").waitFor();
  await insert("canvas_app_logs", entries(160, 0));
  await page.waitForFunction(() => document.querySelectorAll("[data-panel=logs] tbody tr").length === 200, undefined, { timeout: WAIT });
  await page.getByRole("button", { name: "Stop the log" }).click();
  assert.ok(await older.isDisabled());
  await context.close();
});

test("a log is followed again after the newest search, and not after its view", async () => {
  const { page, seen, context } = await open("?view=apps&hours=24");
  const tails = () => seen.requests.map((request) => new URL(request.url())).filter(({ pathname }) => pathname.endsWith("/logs/tail"));
  /** Requests are told in their order, so that after this one no earlier one is missing. */
  const asked = () => page.evaluate(() => fetch("/page/style.css").then((answer) => answer.text()));
  const follow = page.locator("[data-panel=logs] button[aria-pressed]");
  await follow.click();
  await page.getByText("Following new entries").waitFor();

  const held = [];
  await page.route(/\/logs\?/, (route) => held.push(route));
  const search = (level) => {
    const sent = page.waitForRequest((request) => request.url().includes("/logs?") && request.url().includes(`level=${level}`));
    return page.locator("[name=level]").selectOption(level).then(() => sent);
  };
  await search("error");
  await search("warn");
  await asked();
  assert.equal(tails().length, 1);
  assert.equal(await follow.getAttribute("aria-pressed"), "true");
  await held.at(-1).continue();
  await page.getByText("Following new entries").waitFor();
  assert.deepEqual(tails().slice(1).map(({ searchParams }) => searchParams.get("level")), ["warn"]);
  assert.equal(await page.locator("[data-panel=logs] [aria-busy]").getAttribute("aria-busy"), "false");

  await search("info");
  await page.getByRole("link", { name: "Product metrics" }).click();
  await settled(page);
  await asked();
  assert.equal(tails().length, 2);
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

test("dates can be typed, and count when they are complete", async () => {
  const { page, seen, context } = await open(METRICS, { locale: "en-US" });
  const link = () => new URL(page.url()).searchParams;
  const focused = () => page.evaluate(() => document.activeElement.name);
  const inputs = { from: page.getByLabel("From", { exact: true }), to: page.getByLabel("To", { exact: true }) };
  await inputs.from.focus();
  await page.keyboard.type("11012011");
  assert.deepEqual([await inputs.from.inputValue(), link().get("from")], ["2011-11-01", "2011-11-10"]);
  await page.keyboard.press("Enter");
  await settled(page);
  assert.deepEqual([link().get("from"), await focused()], ["2011-11-01", "from"]);
  assert.equal((await cells(page, "active-users")).length, 39);

  await inputs.to.focus();
  await page.keyboard.type("12052011");
  // The click ends the typing, and still presses the button.
  await page.getByRole("button", { name: "7 d window" }).click();
  await settled(page);
  assert.deepEqual([link().get("from"), link().get("to"), await focused()], ["2011-11-29", "2011-12-05", "days-7"]);
  const windows = ["2011-11-10 2011-12-09", "2011-11-01 2011-12-09", "2011-11-01 2011-12-05", "2011-11-29 2011-12-05"];
  const asked = seen.requests.map((request) => new URL(request.url()).searchParams).filter((query) => query.has("from"));
  assert.deepEqual(asked.map((query) => `${query.get("from")} ${query.get("to")}`).filter((window) => !windows.includes(window)), []);
  await page.goBack();
  await settled(page);
  assert.deepEqual([await inputs.from.inputValue(), await inputs.to.inputValue()], ["2011-11-01", "2011-12-05"]);
  assert.deepEqual([await inputs.from.getAttribute("max"), await inputs.to.getAttribute("min")], ["2011-12-05", "2011-11-01"]);
  await context.close();
});

test("a time can be typed, and counts when its input is left", async () => {
  const { page, context } = await open(`?view=apps&start=${midnight(3)}&end=${midnight(1)}`, { locale: "en-US" });
  const [year, month, day] = midnight(2).slice(0, 10).split("-");
  const focused = () => page.evaluate(() => document.activeElement.name);
  await page.getByLabel("From", { exact: true }).focus();
  await page.keyboard.type(`${month}${day}${year}0630A`);
  assert.equal(new URL(page.url()).searchParams.get("start"), midnight(3));
  // Tab goes through the parts of an input.
  for (let part = 0; part < 10 && (await focused()) === "start"; part++) {
    await page.keyboard.press("Tab");
  }
  await settled(page);
  const start = midnight(2).replace("00:00", "06:30");
  assert.deepEqual([new URL(page.url()).searchParams.get("start"), await focused()], [start, "end"]);
  assert.equal(await page.getByLabel("To", { exact: true }).getAttribute("min"), start);
  const answer = await app(`start=${start}&end=${midnight(1)}&tz=UTC`);
  assert.deepEqual((await cells(page, "health"))[0][0], cell(answer.total_errors));
  await context.close();
});

test("what a link says wrongly gets a default", async () => {
  const { page, context, seen } = await open("?view=metrics&to=2011-13-45&tz=Mars%2FPhobos");
  assert.equal(await page.locator("[name=from]").inputValue(), "2011-11-10");
  assert.equal(await page.locator("[name=to]").inputValue(), "2011-12-09");
  assert.equal(await page.locator("[name=tz]").inputValue(), "UTC");
  assert.equal((await cells(page, "active-users")).length, 30);
  assert.deepEqual(seen.complaints, []);
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

/** The text that a button copies. */
async function copied(page, name) {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByText(`Copied ${name.split(" of ").reverse().join(" as ")}.`).waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}

/** What the copies of New users print, each run with the variables of keys.env. */
async function pasted(page, variables = env) {
  const curl = await copied(page, "curl of New users");
  const typeScript = await copied(page, "TypeScript of New users");
  for (const secret of [env.MCPEEK_KEY, env.OTHER_MCPEEK_KEY, env.DASHBOARD_SESSION_TOKEN]) {
    assert.ok(!curl.includes(secret) && !typeScript.includes(secret));
  }
  const client = new URL("../../clients/typescript/dist/index.js", import.meta.url);
  const run = `${typeScript.replace("@quarry/client", client)}\nconsole.log(JSON.stringify(answers[0].data));`;
  return [["bash", "-euc", curl], [process.execPath, "--input-type=module", "-e", run]].map(([program, ...parameters]) => JSON.parse(execFileSync(program, parameters, { env: variables })));
}

test("a table that is open stays so when its numbers change", async () => {
  const { page, context } = await open("?view=apps&app=kafka&hours=168");
  const panel = page.locator("[data-panel=errors-over-time]");
  await panel.locator("summary").press("Enter");
  const box = panel.locator("details .scroll");
  await box.evaluate((element) => element.scrollTo(0, 40));
  await box.focus();
  await panel.evaluate((element) => (element.querySelector("details").dataset.drawn = "before"));
  await insert("canvas_errors", [{ organization_id: "org_demo", app_id: "kafka", event_id: randomUUID(), timestamp: new Date().toISOString(), error_type: "Error", error_message: "m" }]);
  for (const end = Date.now() + WAIT; (await panel.locator("details[data-drawn]").count()) > 0; ) {
    assert.ok(Date.now() < end, "The error is not shown");
    // Such a refresh leaves the focus where it is.
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await settled(page);
  }
  assert.deepEqual(
    await box.evaluate((element) => [element.closest("details").open, element.scrollTop, element === document.activeElement]),
    [true, 40, true],
  );
  await context.close();
});

test("copies work when they are pasted, and have no key", async () => {
  const { page, context, seen } = await open(METRICS);
  const { get } = await answered(seen).load();
  const shown = get("/v1/metrics/new-users");
  assert.deepEqual(await pasted(page), [shown, shown]);

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV of Users by property" }).click();
  const csv = readFileSync(await (await download).path(), "utf8");
  assert.equal(csv, ["Value,Users", ...get("/v1/metrics/users-by").data.map(({ key, count }) => `${key},${count}`), ""].join("\r\n"));
  await context.close();
});

test("copies ask for the chosen organization", async () => {
  const { page, context, seen } = await open("?view=metrics&organization=org_other");
  const { get } = await answered(seen).load();
  const shown = get("/v1/metrics/new-users");
  assert.equal(shown.organizationId, "org_other");
  assert.deepEqual(await pasted(page), [shown, shown]);
  await context.close();
});

test("a spreadsheet does not evaluate a text of the CSV", async () => {
  const message = `=1+"${randomUUID()}"`;
  await insert("canvas_errors", [{ organization_id: "org_demo", app_id: "kafka", event_id: randomUUID(), timestamp: new Date().toISOString(), error_type: "-1", error_message: message }]);
  const { page, context } = await open("?view=apps&app=kafka&hours=24");
  for (const end = Date.now() + WAIT; !(await cells(page, "newest-errors")).some((row) => row.includes(message)); ) {
    assert.ok(Date.now() < end, "The error is not shown");
    await page.getByRole("button", { name: "Refresh the numbers" }).click();
    await settled(page);
  }
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV of Newest errors" }).click();
  const csv = readFileSync(await (await download).path(), "utf8");
  assert.ok(csv.includes(`,'-1,"'${message.replaceAll('"', '""')}",`), csv);
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
  // Of a link that names no organization, the window is kept.
  assert.equal(new URL(page.url()).search, `${METRICS.replace("&", "&organization=org_demo&")}&tz=UTC&dimension=country`);
  await page.locator("[data-panel=active-users] .failure", { hasText: "The key is wrong, expired or revoked." }).waitFor();
  await page.screenshot({ path: `${SCREENSHOTS}wrong-key.png` });

  await signIn({ organization: "org_demo", session: env.DASHBOARD_SESSION_TOKEN });
  assert.equal((await cells(page, "active-users")).length, 30);
  const shown = await cells(page, "new-users");
  for (const { data } of await pasted(page, { ...env, MCPEEK_KEY: undefined })) {
    assert.deepEqual(side({ data }).map((row) => row.map(cell)), shown);
  }
  assert.equal(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])), '[{},{},""]');
  await page.getByRole("link", { name: "Integrations" }).click();
  await page.getByText("There is no key for integrations.").waitFor();
  await page.reload();
  await page.getByText("Sign in to see numbers.").waitFor();
  assert.ok(seen.complaints.every((complaint) => complaint.includes("401")), String(seen.complaints));
  await context.close();
});

test("keys of another organization do not keep what was asked of the one before", async () => {
  const today = new Date().toISOString().slice(0, 10);
  const { page, context } = await open("?view=metrics&organization=org_other&from=2026-04-01&to=2026-04-25&country=Germany&compare=previous");
  const link = () => new URL(page.url()).search;
  const changeKeys = async (fields) => {
    await page.getByRole("button", { name: "Change keys" }).click();
    for (const [name, value] of Object.entries(fields)) {
      await page.locator(`dialog [name=${name}]`).fill(value);
    }
    await page.keyboard.press("Enter");
    await settled(page);
  };
  await changeKeys({ organization: "org_demo", metrics: env.MCPEEK_KEY, apps: env.MIXPEEK_KEY });
  const from = new Date(Date.parse(today) - 29 * 86_400_000).toISOString().slice(0, 10);
  assert.equal(link(), `?view=metrics&organization=org_demo&from=${from}&to=${today}&tz=UTC&dimension=country&compare=previous`);
  assert.equal(await page.locator("#toolbar [name=from]").inputValue(), from);
  assert.equal(await page.locator("#toolbar [name^=filter-]").count(), 0);

  await page.getByRole("link", { name: "App health" }).click();
  await page.getByLabel("App", { exact: true }).fill("web");
  await page.keyboard.press("Tab");
  await settled(page);
  const shown = link();
  assert.match(shown, /&app=web&/);
  // The same organization keeps its app, another one does not.
  await changeKeys({ organization: "org_demo", apps: env.MIXPEEK_KEY });
  assert.equal(link(), shown);
  await changeKeys({ organization: "org_other", apps: env.MIXPEEK_KEY });
  await page.getByText("Enter the id of an app above.").waitFor();
  assert.equal(link(), shown.replace("org_demo", "org_other").replace("&app=web", ""));
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
