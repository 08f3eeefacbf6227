/**
 * Makes the picture of a fleet's report, docs/images/fleet-report.png: `node --import tsx scripts/fleet-report-picture.mjs [folder]`,
 * with Debian's chromium (/usr/bin/chromium). The run is a made-up one, the same each time.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { htmlReport } from "../src/fleet/report/html-report.ts";
import { openBrowser, openTab } from "../test/helpers/browser.ts";
import { fleetSummary } from "../test/helpers/fleet.ts";

const SIZE = { width: 1100, height: 1250 };
const target = process.argv[2] ?? "docs/images";

const folder = await mkdtemp(join(tmpdir(), "akuvox-cpe-report-"));
const browser = await openBrowser();
try {
  const file = join(folder, "report.html");
  await writeFile(file, await htmlReport(await fleetSummary(), "Report of a fleet"));
  const { page } = await openTab(browser, "http://127.0.0.1/", { viewport: SIZE, colorScheme: "light" });
  await page.goto(pathToFileURL(file).href);
  await page.screenshot({ path: join(target, "fleet-report.png") });
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}
