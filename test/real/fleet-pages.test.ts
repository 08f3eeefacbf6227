import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openBrowser, openTab, seriousFaults } from "../helpers/browser.ts";
import { type FleetWithPages, fleetWithPages, workersWithPages } from "../helpers/running-fleet.ts";
import { until } from "../helpers/transport.ts";

const PHONE = "/phones/north-000007";
const PAGES = [
  ...["/fleet", "/phones", "/phones?group=south&page=2", "/phones?search=north-00001", "/phones?search=nobody"],
  ...["/operations", "/operations?done=reboot+12", "/nothing", "/phones/nobody/status"],
  ...["status", "sessions", "transfers", "parameters", "settings/tr069", "actions", "nothing"].map(
    (page) => `${PHONE}/${page}`,
  ),
];
const WINDOWS: readonly BrowserContextOptions[] = [
  { colorScheme: "light", viewport: { width: 1200, height: 900 } },
  { colorScheme: "dark", viewport: { width: 360, height: 740 } },
];

describe("the pages of a fleet of 200 phones in a browser", () => {
  const endings: (() => unknown)[] = [];
  let browser: Browser;
  let running: FleetWithPages;
  before(async () => {
    const ending = { after: (end: () => unknown) => void endings.unshift(end) };
    running = await fleetWithPages(ending, {
      misbehaviour: [{ fault: "wrongId", sharePercent: 20 }],
      scenarios: [
        { kind: "rebootStorm", sharePercent: 10 },
        { kind: "valueChanges", atSeconds: 100_000, set: { "Device.DeviceInfo.ProvisioningCode": "p{i}" } },
      ],
    });
    await until(() => running.fleet.figures.counts().reached === 200);
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    for (const end of endings) await end();
  });

  async function tabOf(t: TestContext, options?: BrowserContextOptions) {
    const tab = await openTab(browser, running.url, options);
    t.after(() => tab.page.context().close());
    return tab;
  }

  for (const window of WINDOWS) {
    test(`every page fits ${window.viewport?.width} pixels, ${window.colorScheme}, without a fault that axe calls serious`, async (t) => {
      const { page, consoleErrors } = await tabOf(t, window);
      for (const path of PAGES) {
        await page.goto(path);
        assert.equal(await page.evaluate("document.documentElement.scrollWidth"), window.viewport?.width, path);
        assert.equal(await page.locator("h1").count(), 1, path);
        assert.deepEqual(await seriousFaults(page), [], path);
        const broken = '[...document.querySelectorAll(".together")].filter((one) => one.getClientRects().length > 1)';
        assert.equal(await page.evaluate(`${broken}.length`), 0, `${path}: no figure goes over the end of a line`);
      }
      assert.deepEqual(
        consoleErrors.filter((text) => !/status of 404/.test(text)),
        [],
      );
    });
  }

  test("what belongs together stands together", async (t) => {
    const { page } = await tabOf(t, WINDOWS[0]);
    const boxOf = async (of: ReturnType<Page["locator"]>) =>
      (await of.boundingBox()) ?? assert.fail(`${of} is not there`);
    await page.goto("/operations");
    const [field, button] = [
      await boxOf(page.locator("#over")),
      await boxOf(page.getByRole("button", { name: "Do it" })),
    ];
    assert.equal(button.x, field.x, "the button stands below the fields");
    await page.goto("/phones");
    const pages = page.getByRole("navigation", { name: "Pages of the list" });
    const [said, next] = [await boxOf(pages.locator("span")), await boxOf(pages.getByRole("link", { name: "Next" }))];
    assert.equal(next.y, said.y, "on one line");
    await page.goto("/fleet");
    const cards = await page.locator(".cards > section:not(.wide)").all();
    const boxes = await Promise.all(cards.map(boxOf));
    assert.equal(new Set(boxes.map(({ y, height }) => `${y} ${height}`)).size, 1, "cards of one row, of one height");
  });

  test("the keyboard alone does, and the focus stays where it was when the figures are drawn anew", async (t) => {
    const { page } = await tabOf(t);
    const focus = (): Promise<string> =>
      page.evaluate("(document.activeElement.id || document.activeElement.textContent).trim()") as Promise<string>;
    const tabTo = async (wanted: string): Promise<void> => {
      for (let presses = 0; presses < 80; presses++) {
        await page.keyboard.press("Tab");
        if ((await focus()) === wanted) return;
      }
      assert.fail(`${wanted} is not reached`);
    };
    await page.goto("/fleet");
    await tabTo("Skip to the content");
    await tabTo("200");
    const seen = page.waitForResponse((answer) => answer.url().endsWith("/fleet/part"));
    await (await seen).finished();
    await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
    assert.equal(await focus(), "200");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/phones");
    await tabTo("search");
    await page.keyboard.type("0c1105000007");
    await page.keyboard.press("Enter");
    await page.getByText("1 phone", { exact: true }).waitFor();
    await tabTo("north-000007");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**${PHONE}/status`);
    assert.equal(await page.title(), "north-000007: Status - akuvox-cpe");
    await tabTo("Phones");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/phones");
    await tabTo("Operations");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/operations");
    await tabTo("group");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.locator("#group").inputValue(), "north");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.type("0");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing was done: the share must be a whole number from 1 to 100.").waitFor();
    assert.equal(await page.locator("#group").inputValue(), "north", "what was chosen is still there");
    await page.locator("#share").fill("50");
    await page.keyboard.press("Enter");
    await page.getByText(/^\d+ phones paused\.$/).waitFor();
    assert.match(new URL(page.url()).search, new RegExp(`^\\?done=pause\\+${running.fleet.pauses.size}$`));
  });

  test("scenarios are drawn anew too, but for a rate that somebody is typing", async (t) => {
    const { page } = await tabOf(t);
    const drawn = async (): Promise<void> => {
      await (await page.waitForResponse((answer) => answer.url().endsWith("/fleet/scenarios"))).finished();
      await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
    };
    const rate = page.getByLabel("Rate of 2");
    await page.goto("/fleet");
    await running.ask("PATCH", "/scenarios/2", { rate: 3 });
    await page.locator('#rate-2[value="3"]').waitFor();
    await rate.fill("12");
    await drawn();
    await drawn();
    assert.equal(await rate.inputValue(), "12");
    await page.locator("h1").click();
    await drawn();
    assert.equal(await rate.inputValue(), "12", "and looks elsewhere for a moment");
    await rate.press("Enter");
    await page.locator('#rate-2[value="12"]').waitFor();
    assert.equal(running.fleet.scenarios?.all[1]?.rate, 12);
  });

  test("with scripts off everything is there too", async (t) => {
    const { page, requests } = await tabOf(t, { javaScriptEnabled: false });
    await page.goto("/");
    await page.getByRole("link", { name: "Reload" }).click();
    await page.getByLabel("Rate of 2").fill("2.5");
    await page
      .getByRole("row", { name: /valueChanges/ })
      .getByRole("button", { name: "Change" })
      .click();
    await page.waitForURL("**/fleet");
    assert.equal(running.fleet.scenarios?.all[1]?.rate, 2.5);
    await page.getByRole("link", { name: "Phones" }).click();
    await page.getByLabel("Group").selectOption("south");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByText("80 phones").waitFor();
    await page.getByRole("link", { name: "Next" }).click();
    await page.getByText("Page 2 of 2").waitFor();
    await page.getByRole("link", { name: "south-000200" }).click();
    await page.getByText("S200").waitFor();
    assert.ok(
      requests.every((request) => /^(GET|POST) \//.test(request)),
      "nothing but the fleet is asked",
    );
  });
});

test("the pages of a fleet in two workers: a phone's page follows its sessions, a form reaches it, and a worker that is gone is shown", async (t) => {
  const running = await workersWithPages(t);
  await until(() => running.workers.every(({ fleet }) => fleet.figures.counts().reached === 100));
  const browser = await openBrowser();
  t.after(() => browser.close());
  const { page, consoleErrors } = await openTab(browser, running.url);
  const sessions = await openTab(browser, running.url);
  await sessions.page.goto(`${PHONE}/sessions`);
  assert.equal(await sessions.page.getByText("2 PERIODIC").count(), 0);
  await page.goto("/phones?search=0c1105000007");
  await page.getByRole("link", { name: "north-000007" }).click();
  await page.waitForURL(`**${PHONE}/status`);
  await page.goto(`${PHONE}/actions`);
  await page.getByRole("button", { name: "Inform now" }).click();
  await page.waitForURL("**/actions?done=inform");
  await sessions.page.getByText("2 PERIODIC").first().waitFor();
  assert.deepEqual([consoleErrors, sessions.consoleErrors], [[], []]);
  const second = running.workers[1] ?? assert.fail();
  second.condition = "ended";
  await page.goto("/fleet");
  await page.getByRole("link", { name: "100 gone" }).first().click();
  await page.getByText("100 phones", { exact: true }).waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await page.goto(`${PHONE}/status`);
  await page.getByText("North-000007 cannot be reached: worker 2 of 2 has ended.").waitFor();
});
