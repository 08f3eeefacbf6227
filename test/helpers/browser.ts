import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { LOGIN } from "./web-login.ts";

const CHROMIUM = "/usr/bin/chromium";
/** It may run as root in a container, and talks to nobody but the page. */
const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
}

export interface Tab {
  readonly page: Page;
  /** What it has asked of the server, as `GET /path` or `POST /path field=value…`; tokens left out. */
  readonly requests: readonly string[];
  /** Errors of the page's scripts, and content that was blocked. */
  readonly consoleErrors: readonly string[];
}

/** A window of its own, with the log-in at hand that a person would type when asked. */
export async function openTab(browser: Browser, baseURL: string, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ baseURL, httpCredentials: LOGIN, ...options });
  const page = await context.newPage();
  const requests: string[] = [];
  const consoleErrors: string[] = [];
  page.on("request", (request) => {
    const { pathname, search, origin } = new URL(request.url());
    const body = (request.postData() ?? "").replace(/formToken=[0-9a-f]+/, "formToken");
    const where = baseURL.startsWith(`${origin}/`) ? pathname + search : request.url();
    requests.push(`${request.method()} ${where} ${body}`.trim());
  });
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") consoleErrors.push(message.text());
  });
  page.on("pageerror", (error) => consoleErrors.push(error.message));
  return { page, requests, consoleErrors };
}

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds serious or critical, as `rule: element`. */
export async function seriousFaults(page: Page): Promise<readonly string[]> {
  // Not as a script of the page: that is forbidden here, and must be.
  await page.evaluate(AXE);
  const run = 'axe.run(document, { resultTypes: ["violations"] })';
  const { violations } = (await page.evaluate(run)) as AxeResult;
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}
