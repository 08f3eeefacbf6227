import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { htmlReport } from "../../src/fleet/report/html-report.ts";
import { openBrowser, openTab, seriousFaults } from "../helpers/browser.ts";
import { fleetSummary } from "../helpers/fleet.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

test("a browser shows the report offline, light and dark, wide and narrow, without a fault that axe calls serious", async (t) => {
  const file = join(await temporaryFolder(t), "report.html");
  await writeFile(file, await htmlReport(await fleetSummary(), "Report of a fleet"));
  const browser = await openBrowser();
  t.after(() => browser.close());
  for (const colorScheme of ["light", "dark"] as const) {
    const { page, requests, consoleErrors } = await openTab(browser, "http://127.0.0.1/", {
      colorScheme,
      viewport: { width: colorScheme === "light" ? 1200 : 380, height: 900 },
      offline: true,
    });
    await page.goto(pathToFileURL(file).href);
    assert.deepEqual(await seriousFaults(page), [], colorScheme);
    assert.deepEqual(consoleErrors, []);
    assert.equal(requests.length, 1);
    const isWide = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");
    assert.equal(isWide, false, "nothing is wider than the window");
    assert.ok((await page.getByRole("img").count()) >= 9);
  }
});
