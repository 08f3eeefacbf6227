/**
 * Makes a picture of the Grafana dashboard, docs/images/dashboard.png: `node --import tsx scripts/dashboard-picture.mjs [folder]`, with
 * Debian's prometheus and chromium. A real Prometheus reads three busy phones for a minute and answers the dashboard's own queries; the
 * panels stand where deploy/grafana/akuvox-cpe.json puts them. What draws them is not Grafana but the plots of a fleet's report.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { html } from "hono/html";
import { linePlot } from "../src/fleet/report/plot.ts";
import { openBrowser, openTab } from "../test/helpers/browser.ts";
import { startBusyPhones } from "../test/helpers/busy-phones.ts";
import { dashboardPanels, legendOf } from "../test/helpers/dashboard.ts";
import { startPrometheus } from "../test/helpers/prometheus.ts";

const SECONDS = 60;
const SIZE = { width: 1440, height: 1500 };
const target = process.argv[2] ?? "docs/images";
const UNITS = {
  s: (value) => (value < 1 ? `${round(value * 1000)} ms` : `${round(value)} s`),
  ops: (value) => `${round(value)}/s`,
  Bps: (value) => `${round(value / 1000)} kB/s`,
  bytes: (value) => `${round(value / 2 ** 20)} MiB`,
  percentunit: (value) => `${round(value * 100)} %`,
};

const STYLE = `
body { margin: 0; font: 15px system-ui, sans-serif; background: #f4f5f5; color: #24292e }
main { display: grid; grid-template-columns: repeat(24, 1fr); grid-auto-rows: minmax(22px, auto); gap: 6px; padding: 8px }
h2 { font-size: 16px; margin: 6px 0 0 } h3 { font-size: 14px; margin: 0 }
section { background: #fff; border: 1px solid #d8d9da; border-radius: 3px; padding: 8px; overflow: hidden }
.stat p { font-size: 22px; margin: 8px 0; color: #1a7f37 }
figure { margin: 0 } svg { width: 100%; font-size: 16px } text { fill: #57606a } .grid { stroke: #e5e7e9 }
.line { fill: none; stroke: #1f77b4; stroke-width: 3 } .line1 { stroke: #b35900 } .line2 { stroke: #1a7f37 } .line3 { stroke: #8250df }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 12px; margin: 0; padding: 0; font-size: 12px } .key { width: 32px; height: 8px }
`;

const folder = await mkdtemp(join(tmpdir(), "akuvox-cpe-dashboard-"));
const phones = await startBusyPhones(folder);
const prometheus = await startPrometheus(folder, phones.targets);
const browser = await openBrowser();
try {
  const from = Date.now() / 1000;
  for (let second = 0; second < SECONDS; second++) {
    await phones.round();
    await sleep(1000);
  }
  const file = join(folder, "dashboard.html");
  await writeFile(file, String(await pageOf(from, Date.now() / 1000)));
  const { page } = await openTab(browser, "http://127.0.0.1/", { viewport: SIZE, colorScheme: "light" });
  await page.goto(pathToFileURL(file).href);
  await page.screenshot({ path: join(target, "dashboard.png"), fullPage: true });
} finally {
  await browser.close();
  await prometheus.close();
  await phones.close();
  await rm(folder, { recursive: true, force: true });
}

async function pageOf(from, to) {
  const panels = [];
  for (const panel of dashboardPanels()) panels.push(await drawn(panel, from, to));
  return html`<!doctype html><meta charset="utf-8"><title>akuvox-cpe</title><style>${STYLE}</style><main>${panels}</main>`;
}

async function drawn({ type, title, unit, place, queries }, from, to) {
  const area = `grid-column: ${place.x + 1} / span ${place.w}; grid-row: ${place.y + 1} / span ${place.h}`;
  if (type === "row") return html`<h2 style="${area}">${title}</h2>`;
  const answers = [];
  for (const { expression, legend } of queries)
    for (const { labels, points } of await prometheus.query(expression, from, to))
      answers.push({ name: legendOf(legend, labels), points: points.filter(([, value]) => Number.isFinite(value)) });
  const show = UNITS[unit] ?? ((value) => String(round(value)));
  if (type === "stat") {
    const last = answers.map(({ name, points }) => (title === "Version" ? name : show(points.at(-1)?.[1] ?? 0)));
    return html`<section class="stat" style="${area}"><h3>${title}</h3><p>${last.join(" ")}</p></section>`;
  }
  const series = answers
    .filter(({ points }) => points.length > 0)
    .map(({ name, points }) => ({ name, points: points.map(([x, y]) => ({ x: x - from, y })) }));
  const plot = { title, description: "", series, showX: (x) => `${Math.round(x)} s`, showY: show };
  return html`<section style="${area}">${linePlot(plot)}</section>`;
}

function round(value) {
  return Number(value.toPrecision(2));
}
