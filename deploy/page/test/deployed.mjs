// Tests the page in a browser on the nginx of deployments, in front of a local stack. The environment has the stack's keys.env,
// BROWSER (the browser's program) and PAGE_LINK (nginx's address).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const { env } = process;
const ORIGIN = new URL(env.PAGE_LINK).origin;
const WAIT = 60_000;

let browser;

before(async () => {
  browser = await chromium.launch({ executablePath: env.BROWSER, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
});

after(() => browser?.close());

/** Opens a page that records complaints, which include violations of the Content-Security-Policy, and foreign requests. */
async function open(path) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
  const page = await context.newPage();
  const seen = { complaints: [], elsewhere: [] };
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && seen.complaints.push(message.text()));
  page.on("pageerror", (error) => seen.complaints.push(String(error)));
  page.on("request", (request) => /^(data|blob):/.test(request.url()) || request.url().startsWith(`${ORIGIN}/`) || seen.elsewhere.push(request.url()));
  await page.goto(ORIGIN + path);
  return { page, context, seen };
}

test("a dashboard session shows numbers", async () => {
  const { page, context, seen } = await open("/?view=metrics&from=2011-11-01&to=2011-11-03");
  await page.getByText("Sign in to see numbers.").waitFor({ timeout: WAIT });
  await page.locator("#sign-in").click();
  await page.locator("dialog [name=organization]").fill("org_demo");
  await page.locator("dialog [name=session]").fill(env.DASHBOARD_SESSION_TOKEN);
  const asked = page.waitForResponse((response) => response.url().includes("/v1/metrics/dau"), { timeout: WAIT });
  await page.keyboard.press("Enter");
  const answer = await asked;
  assert.equal(answer.status(), 200);
  const rows = page.locator("[data-panel=active-users] .scroll tbody tr");
  await rows.nth(2).waitFor({ state: "attached", timeout: WAIT });
  const shown = await rows.evaluateAll((found) => found.map((row) => row.children[1].textContent));
  assert.deepEqual(shown, (await answer.json()).data.map(({ value }) => String(value)));
  assert.deepEqual(seen, { complaints: [], elsewhere: [] });
  await context.close();
});

test("requests can be tried with a key", async () => {
  const { page, context, seen } = await open("/docs");
  await page.locator('a[href="/docs/metrics"]').click();
  await page.getByRole("button", { name: "Authorize" }).first().click({ timeout: WAIT });
  const dialog = page.locator(".auth-container", { hasText: "ApiKey" }).first();
  await dialog.locator("input").first().fill(env.MCPEEK_KEY);
  await dialog.getByRole("button", { name: /^Apply|^Authorize/ }).click();
  await page.locator(".close-modal, .btn-done").first().click();
  const operation = page.locator(".opblock").first();
  await operation.locator(".opblock-summary-control").click();
  const asked = page.waitForResponse((response) => response.url().includes("/v1/"), { timeout: WAIT });
  await operation.getByRole("button", { name: "Execute" }).click();
  const answer = await asked;
  assert.ok(answer.url().startsWith(`${ORIGIN}/v1/metrics/`), answer.url());
  assert.notEqual(answer.status(), 401);
  assert.deepEqual(seen.complaints.filter((complaint) => !/status of (404|422)/.test(complaint)), []);
  assert.deepEqual(seen.elsewhere, []);
  await context.close();
});
