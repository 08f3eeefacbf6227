/**
 * Makes the pictures of a fleet, docs/images/fleet-report.png and fleet-page.png: `node --import tsx scripts/fleet-pictures.mjs [folder]`,
 * with Debian's chromium (/usr/bin/chromium). The run of the report is a made-up one, the same each time; the page is that
 * of 200 phones and an ACS on loopback, whose times are never quite the same.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { htmlReport } from "../src/fleet/report/html-report.ts";
import { openBrowser, openTab } from "../test/helpers/browser.ts";
import { fleetSummary } from "../test/helpers/fleet.ts";
import { fleetWithPages } from "../test/helpers/running-fleet.ts";
import { temporaryFolder } from "../test/helpers/temporary-folder.ts";

const target = process.argv[2] ?? "docs/images";
const endings = [];
const ending = { after: (end) => endings.unshift(end) };

const browser = await openBrowser();
try {
  await mkdir(target, { recursive: true });
  await reportPicture({ width: 1100, height: 1250 });
  await pagePicture({ width: 1100, height: 900 });
} finally {
  await browser.close();
  for (const end of endings) await end();
}

async function reportPicture(viewport) {
  const file = join(await temporaryFolder(ending), "report.html");
  await writeFile(file, await htmlReport(await fleetSummary(), "Report of a fleet"));
  const { page } = await openTab(browser, "http://127.0.0.1/", { viewport, colorScheme: "light" });
  await page.goto(pathToFileURL(file).href);
  await page.screenshot({ path: join(target, "fleet-report.png") });
}

/** In the midst of a run: a building without power, lines that flap, ten Informs a second. */
async function pagePicture(viewport) {
  const { url } = await fleetWithPages(ending, {
    ramp: { perSecond: 8 },
    settings: {
      tr069: {
        acs: { username: "u", password: "hush-acs" },
        cpe: { username: "acs", password: "hush-cpe" },
        periodicInform: { enable: true, interval: 20 },
      },
      web: { enable: true, port: 0, username: "admin", password: "open-sesame" },
    },
    scenarios: [
      { kind: "powerCut", groups: ["south"], sharePercent: 25, atSeconds: 60, forSeconds: 6000 },
      {
        kind: "linesFlap",
        groups: ["north"],
        sharePercent: 10,
        atSeconds: 5,
        overSeconds: 5,
        forSeconds: 5,
        times: 20,
      },
    ],
    misbehaviour: [{ fault: "duplicateInform", sharePercent: 2 }],
  });
  const { page } = await openTab(browser, url, { viewport, colorScheme: "light" });
  await page.goto("/fleet");
  // On a machine whose phones take more than a minute to start, some have no power before they reach the ACS.
  await page.getByText(/^powerCut \d/).waitFor({ timeout: 0 });
  await page.getByText(/^linesFlap \d{2}/).waitFor({ timeout: 0 });
  const bottom = await page.evaluate("document.querySelector('main').getBoundingClientRect().bottom");
  await page.screenshot({
    path: join(target, "fleet-page.png"),
    clip: { x: 0, y: 0, width: viewport.width, height: Math.min(viewport.height, Math.ceil(bottom)) },
  });
}
