import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { ANY_DEVICE } from "../../src/acs/acs.ts";
import type { AcsSession } from "../../src/acs/events.ts";
import { openBrowser, openTab, seriousFaults, type Tab } from "../helpers/browser.ts";
import { type PhoneWithPages, startPhoneWithPages } from "../helpers/phone-with-pages.ts";

const SETTINGS = "/settings/tr069";
const has =
  (code: string) =>
  ({ events }: AcsSession): boolean =>
    events.some(({ eventCode }) => eventCode === code);

/** Types into the field that a person would find by its label. */
async function fill(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(values)) {
    const field = page.getByLabel(label, { exact: true });
    if ((await field.evaluate(({ nodeName }) => nodeName)) === "SELECT") await field.selectOption({ label: value });
    else await field.fill(value);
  }
}

const submit = (page: Page): Promise<void> => page.getByRole("button", { name: "Submit" }).click();

/** What a newcomer enters. */
const enabled = (phone: PhoneWithPages): Readonly<Record<string, string>> => ({
  "Enable TR069": "Enabled",
  "ACS URL": phone.acs.url,
  "ACS Username": "phone",
  "ACS Password": "hush-acs",
  "Enable Periodic Inform": "Enabled",
  "Periodic Inform Interval (seconds)": "2",
});

describe("the phone's pages in a browser", () => {
  let browser: Browser;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser.close());

  async function phoneOf(t: TestContext): Promise<PhoneWithPages> {
    const folder = await mkdtemp(join(tmpdir(), "akuvox-cpe-web-"));
    const phone = await startPhoneWithPages({ folder });
    t.after(async () => {
      await phone.close();
      await rm(folder, { recursive: true, force: true });
    });
    return phone;
  }

  async function tabOf(t: TestContext, phone: PhoneWithPages, options = {}): Promise<Tab> {
    const tab = await openTab(browser, phone.url, options);
    t.after(() => tab.page.context().close());
    return tab;
  }

  test("a newcomer logs in, sets the ACS and the periodic Inform, and the ACS hears from the phone", async (t) => {
    const phone = await phoneOf(t);
    const { page, consoleErrors } = await tabOf(t, phone);
    await page.goto("/");
    await page.getByRole("link", { name: "Settings > TR069" }).click();
    await page.getByText("TR069 is disabled").waitFor();
    await fill(page, enabled(phone));
    await submit(page);
    await page.getByText("Saved: Enable TR069, ACS URL, ACS Username, ACS Password").waitFor();
    await phone.acs.waitForSession(has("0 BOOTSTRAP"));
    await phone.acs.waitForSession(has("2 PERIODIC"));
    assert.equal(await page.getByLabel("ACS Password").inputValue(), "********");
    assert.equal(await page.getByLabel("Periodic Inform Interval").inputValue(), "2");
    assert.deepEqual(consoleErrors, []);
  });

  test("nobody gets in without the log-in", async (t) => {
    const phone = await phoneOf(t);
    const { page } = await tabOf(t, phone, { httpCredentials: { username: "admin", password: "guess" } });
    const answer = await page.goto(SETTINGS).catch(() => null);
    assert.notEqual(answer?.status(), 200);
    assert.equal(await page.getByLabel("ACS URL").count(), 0);
  });

  test("wrong values are refused beside their fields, the rest stays as typed; Cancel forgets it", async (t) => {
    const phone = await phoneOf(t);
    const { page } = await tabOf(t, phone);
    await page.goto(SETTINGS);
    await fill(page, { ...enabled(phone), "ACS URL": "nowhere", "Periodic Inform Interval (seconds)": "soon" });
    await submit(page);
    await page.getByRole("alert").waitFor();
    const url = page.getByLabel("ACS URL", { exact: true });
    assert.equal(
      await url.evaluate((field) => field.ownerDocument.activeElement === field),
      true,
      "the cursor is there",
    );
    assert.equal(await url.inputValue(), "nowhere");
    const fault = page.locator("#acsUrl-fault");
    assert.equal(await fault.textContent(), "ACS URL must be an http:// or https:// URL, or empty.");
    const [field, words] = [await url.boundingBox(), await fault.boundingBox()];
    assert.ok(field !== null && words !== null && words.y - (field.y + field.height) < 20, "right below the field");
    assert.match((await page.locator("#interval-fault").textContent()) ?? "", /whole number from 1/);
    assert.equal(await page.getByLabel("ACS Username").inputValue(), "phone");
    await page.getByRole("link", { name: "Cancel" }).click();
    await page.getByText("TR069 is disabled").waitFor();
    assert.equal(await page.getByLabel("ACS Username").inputValue(), "");
    assert.equal(phone.acs.devices().length, 0);
  });

  test("the keyboard alone does", async (t) => {
    const phone = await phoneOf(t);
    const { page } = await tabOf(t, phone);
    await page.goto("/parameters");
    const focus = (): Promise<string> =>
      page.evaluate("document.activeElement.id || document.activeElement.textContent") as Promise<string>;
    const tabTo = async (wanted: string): Promise<void> => {
      for (let presses = 0; presses < 30; presses++) {
        await page.keyboard.press("Tab");
        if ((await focus()).trim() === wanted) return;
      }
      assert.fail(`${wanted} is not reached`);
    };
    await page.keyboard.press("Tab");
    assert.equal(await focus(), "Skip to the content");
    await tabTo("Settings > TR069");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**${SETTINGS}`);
    await tabTo("enable");
    await page.keyboard.press("ArrowDown");
    for (const [id, text] of [
      ["acsUrl", phone.acs.url],
      ["acsUsername", "phone"],
      ["acsPassword", "hush-acs"],
    ] as const) {
      await page.keyboard.press("Tab");
      assert.equal(await focus(), id);
      await page.keyboard.type(text);
    }
    const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
    assert.equal(outline, "solid", "one sees where one is");
    await page.keyboard.press("Enter");
    await page.getByText("Saved: Enable TR069, ACS URL").waitFor();
    await phone.acs.waitForSession(has("0 BOOTSTRAP"));
  });

  test("with scripts off everything works, and nothing is sent that is not sent with them on", async (t) => {
    const seen: (readonly string[])[] = [];
    for (const javaScriptEnabled of [false, true]) {
      const phone = await phoneOf(t);
      const { page, requests } = await tabOf(t, phone, { javaScriptEnabled });
      await page.goto("/");
      for (const name of ["Sessions", "Parameters", "Settings > TR069"]) await page.getByRole("link", { name }).click();
      await fill(page, { "ACS URL": "http://127.0.0.1:9/", "ACS Username": "phone", "ACS Password": "hush" });
      await submit(page);
      await page.getByText("Saved:").waitFor();
      await page.goto("/parameters?q=PeriodicInformInterval");
      await page.getByRole("link", { name: /PeriodicInformInterval/ }).click();
      await fill(page, { PeriodicInformInterval: "0" });
      await submit(page);
      await page.getByText("PeriodicInformInterval must be a whole number from 1").waitFor();
      await fill(page, { PeriodicInformInterval: "60" });
      await submit(page);
      await page.getByText("Saved.").waitFor();
      seen.push(requests);
    }
    const [off = [], on = []] = seen;
    assert.ok(off.some((request) => /^POST \/settings\/tr069 .*acsPassword=hush/.test(request)));
    assert.deepEqual(
      off.filter((request) => !on.includes(request)),
      [],
    );
    const more = on.filter((request) => !off.includes(request));
    assert.ok(
      more.every((request) => /^GET \/(assets|sessions|status)\//.test(request)),
      more.join("\n"),
    );
  });

  test("nothing but the phone is ever asked", async (t) => {
    const phone = await phoneOf(t);
    const { page, requests } = await tabOf(t, phone);
    for (const path of ["/status", "/sessions", "/parameters", SETTINGS]) await page.goto(path);
    assert.deepEqual(
      requests.filter((request) => !/^GET \//.test(request)),
      [],
    );
  });

  test("a form of another site cannot change the phone, though the browser has logged in", async (t) => {
    const phone = await phoneOf(t);
    const { page } = await tabOf(t, phone);
    await page.goto(SETTINGS);
    const elsewhere = phone.url.replace("127.0.0.1", "localhost");
    const other = await page.context().newPage();
    await other.route("http://evil.example/", (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<form method="post" action="${phone.url}settings/tr069"><input name="acsUrl" value="http://evil.example/"></form><script>document.forms[0].submit()</script>`,
      }),
    );
    const refused = other.waitForResponse((answer) => answer.request().method() === "POST");
    await other.goto("http://evil.example/");
    assert.equal((await refused).status(), 403);
    await page.goto(`${elsewhere}settings/tr069`);
    assert.equal(await page.getByLabel("ACS URL").inputValue(), "");
  });

  describe("every page", () => {
    /** One of each kind, wrong values and unknown addresses among them. */
    async function everyPage(phone: PhoneWithPages, page: Page, look: (where: string) => Promise<void>): Promise<void> {
      await page.goto(SETTINGS);
      await look("fresh");
      await fill(page, { ...enabled(phone), "Periodic Inform Interval (seconds)": "3600" });
      const answer = phone.acs.enqueue(ANY_DEVICE, {
        name: "GetParameterValues",
        args: { parameterNames: ["Device.ManagementServer."] },
      });
      await submit(page);
      await answer;
      await phone.acs.waitForSession(has("0 BOOTSTRAP"));
      await look("saved");
      await fill(page, { "Periodic Inform Interval (seconds)": "x", "ACS URL": "x".repeat(300) });
      await submit(page);
      await look("refused");
      const line = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.";
      for (const path of [
        ...["/status", "/transfers", "/sessions", "/sessions/1", "/sessions/1/1", "/sessions/1/2", "/nowhere"],
        ...["/actions", "/actions?done=inform", "/actions/reboot", "/actions/factory-reset"],
        ...[
          "/parameters",
          "/parameters?q=Device&page=2",
          "/parameters?q=nothing+there",
          `/parameters?path=${line}SIP.`,
        ],
        ...["Device.DeviceInfo.SerialNumber", "Device.ManagementServer.Password", `${line}Enable`].map(
          (name) => `/parameters/edit?path=${name}`,
        ),
      ]) {
        await page.goto(path);
        await look(path);
      }
    }

    for (const colorScheme of ["light", "dark"] as const) {
      test(`has no serious fault for people who cannot see or use a mouse (${colorScheme})`, async (t) => {
        const phone = await phoneOf(t);
        const { page, consoleErrors } = await tabOf(t, phone, { colorScheme });
        await everyPage(phone, page, async (where) => {
          assert.deepEqual(await seriousFaults(page), [], where);
          assert.equal(await page.locator("h1").count(), 1, where);
        });
        assert.deepEqual(
          consoleErrors.filter((text) => !/status of (404|422)/.test(text)),
          [],
        );
      });
    }

    test("fits a screen of 360 pixels", async (t) => {
      const phone = await phoneOf(t);
      const { page } = await tabOf(t, phone, { viewport: { width: 360, height: 740 } });
      await everyPage(phone, page, async (where) => {
        const width = await page.evaluate("document.documentElement.scrollWidth");
        assert.equal(width, 360, where);
      });
    });
  });
});
