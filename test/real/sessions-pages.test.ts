import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { openBrowser, openTab, seriousFaults } from "../helpers/browser.ts";
import { freePort } from "../helpers/free-port.ts";
import { startPhoneWithPages } from "../helpers/phone-with-pages.ts";
import { httpAnswer, startRawAcs } from "../helpers/raw-acs.ts";
import { envelope } from "../helpers/wire-events.ts";

const INFORM_RESPONSE = envelope("InformResponse", "<MaxEnvelopes>1</MaxEnvelopes>");
const LONG_PATHS = envelope(
  "GetParameterValues",
  "<ParameterNames><string>Device.UserInterface.CUSTOM_Preference.CUSTOM_RingVolThatIsNotThere&lt;b&gt;</string></ParameterNames>",
);

describe("sessions and status in a browser", () => {
  let browser: Browser;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser.close());

  /** A phone in the midst of its first session: the ACS has not answered its first empty POST, and does so when told. */
  async function phoneInSession(t: TestContext) {
    let waiting: Socket | null = null;
    const acs = await startRawAcs(({ body }, index, socket) => {
      if (body.includes("Inform>")) return httpAnswer(200, INFORM_RESPONSE);
      if (index > 1) return httpAnswer(204);
      waiting = socket;
      return null;
    });
    const folder = await mkdtemp(join(tmpdir(), "akuvox-cpe-sessions-"));
    const yaml = `tr069: { enable: true, acs: { url: "${acs.origin}/" }, periodicInform: { enable: true, interval: 3600 } }`;
    const phone = await startPhoneWithPages({ folder, yaml });
    t.after(async () => {
      await phone.close();
      await acs.close();
      await rm(folder, { recursive: true, force: true });
    });
    await acs.received(2);
    return { url: phone.url, goOn: (): void => void waiting?.write(httpAnswer(200, LONG_PATHS)) };
  }

  async function pageOf(t: TestContext, url: string, options = {}) {
    const tab = await openTab(browser, url, options);
    t.after(() => tab.page.context().close());
    return tab;
  }

  const ladderOf = async (page: Page): Promise<string> => (await page.locator(".ladder").textContent()) ?? "";

  test("a running session grows on its page while one looks, and the focus stays where it was", async (t) => {
    const { url, goOn } = await phoneInSession(t);
    const { page, consoleErrors } = await pageOf(t, url);
    await page.goto("/sessions/1");
    await page.getByText("● running").waitFor();
    assert.ok(!(await ladderOf(page)).includes("Fault"));
    await page.evaluate("window.sameDocument = true");
    await page.locator("a[href='/sessions/1/1']").focus();
    goOn();
    await page.getByText("✓ complete").waitFor();
    const ladder = await ladderOf(page);
    for (const part of ["Inform", "GetParameterValues", "✗ Fault", "9005", "close connection"]) {
      assert.ok(ladder.includes(part), part);
    }
    assert.equal(await page.evaluate("window.sameDocument"), true, "it was not loaded anew");
    assert.equal(await page.evaluate("document.activeElement.getAttribute('href')"), "/sessions/1/1");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Inform" }).waitFor();
    assert.match((await page.locator(".envelope").textContent()) ?? "", /<EventCode>0 BOOTSTRAP<\/EventCode>/);
    assert.deepEqual(consoleErrors, []);
  });

  test("list and status follow as well, and the countdown runs", async (t) => {
    const { url, goOn } = await phoneInSession(t);
    const [list, status] = [await pageOf(t, url), await pageOf(t, url)];
    await list.page.goto("/sessions");
    await list.page.locator("td .running").waitFor();
    await status.page.goto("/status");
    await status.page.getByText("in a session").waitFor();
    const countdown = status.page.locator("[data-in]").first();
    const before = await countdown.textContent();
    goOn();
    await list.page.locator("td .complete").waitFor();
    await status.page.getByText("idle").waitFor();
    for (let tries = 0; tries < 100 && (await countdown.textContent()) === before; tries++) {
      await status.page.waitForTimeout(100);
    }
    assert.notEqual(await countdown.textContent(), before);
    assert.deepEqual([...list.consoleErrors, ...status.consoleErrors], []);
  });

  test("without scripts everything is there, to be reloaded by hand", async (t) => {
    const { url, goOn } = await phoneInSession(t);
    const { page } = await pageOf(t, url, { javaScriptEnabled: false });
    await page.goto("/sessions/1");
    await page.getByText("● running").waitFor();
    goOn();
    const reload = page.getByRole("link", { name: "Reload" });
    for (let tries = 0; tries < 50 && (await reload.count()) > 0; tries++) await reload.click();
    await page.getByText("✓ complete").waitFor();
    await page.locator("a[href='/sessions/1/1']").click();
    await page.locator(".envelope").waitFor();
    await page.goto("/status");
    await page.getByText("Next periodic Inform").waitFor();
  });

  for (const [width, colorScheme] of [
    [1200, "light"],
    [360, "dark"],
  ] as const) {
    test(`a refused connection is drawn as one, with its reason, on ${width} pixels, and axe-core finds no serious fault`, async (t) => {
      const folder = await mkdtemp(join(tmpdir(), "akuvox-cpe-refused-"));
      const yaml = `tr069: { enable: true, acs: { url: "http://127.0.0.1:${await freePort()}/" } }`;
      const phone = await startPhoneWithPages({ folder, yaml });
      t.after(async () => {
        await phone.close();
        await rm(folder, { recursive: true, force: true });
      });
      const { page, consoleErrors } = await pageOf(t, phone.url, { viewport: { width, height: 740 }, colorScheme });
      await page.goto("/sessions/1");
      await page.getByText("✗ failed").first().waitFor();
      const ladder = await ladderOf(page);
      assert.match(ladder, /connection refused/);
      assert.doesNotMatch(ladder, /close connection/);
      assert.deepEqual(await seriousFaults(page), []);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
      assert.deepEqual(await page.evaluate(MISPLACED), []);
      assert.deepEqual(consoleErrors, []);
    });
  }

  for (const colorScheme of ["light", "dark"] as const) {
    test(`on 360 pixels every word is where it belongs, and axe-core finds no serious fault (${colorScheme})`, async (t) => {
      const { url, goOn } = await phoneInSession(t);
      const { page } = await pageOf(t, url, { viewport: { width: 360, height: 740 }, colorScheme });
      await page.goto("/sessions");
      goOn();
      await page.locator("td .complete").waitFor();
      for (const path of ["/sessions", "/sessions/1", "/sessions/1/1", "/status"]) {
        await page.goto(path);
        assert.deepEqual(await seriousFaults(page), [], path);
        assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 360, path);
      }
      await page.goto("/sessions/1");
      assert.deepEqual(await page.evaluate(MISPLACED), []);
    });
  }
});

/** Words of the ladder that are beside the page, over a lifeline or over each other. */
const MISPLACED = `(() => {
  const box = document.querySelector(".ladder").getBoundingClientRect();
  const words = [...document.querySelectorAll(".ladder .rung text")].map((text) => ({ text: text.textContent, className: text.className.baseVal, ...text.getBoundingClientRect().toJSON() }));
  const outside = words.filter((word) => word.left < 0 || word.right > (word.className === "time" ? box.left : box.right));
  const over = words.flatMap((one, index) => words.slice(index + 1).filter((other) =>
    one.left < other.right && other.left < one.right && one.top + 3 < other.bottom && other.top + 3 < one.bottom).map((other) => one.text + " / " + other.text));
  return [...outside.map(({ text }) => text), ...over];
})()`;
