/**
 * Makes the pictures of the documentation: `node --import tsx scripts/screenshots.mjs [folder]`, by default docs/images.
 *
 * A simulated phone and the embedded ACS on loopback, a few sessions, and Debian's chromium (/usr/bin/chromium). Addresses
 * and values are the same each time; only times differ.
 */
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ANY_DEVICE } from "../src/acs/acs.ts";
import { openBrowser, openTab } from "../test/helpers/browser.ts";
import { startPhoneWithPages } from "../test/helpers/phone-with-pages.ts";

const SIZE = { width: 960, height: 1250 };
const LINE = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.";
const target = process.argv[2] ?? "docs/images";

const folder = await mkdtemp(join(tmpdir(), "akuvox-cpe-screenshots-"));
const phone = await startPhoneWithPages({ folder, acsPort: 27_547, listenPort: 27_548 });
const browser = await openBrowser();
try {
  await mkdir(target, { recursive: true });
  const { page } = await openTab(browser, phone.url, { viewport: SIZE, colorScheme: "light" });
  await page.goto("/settings/tr069");
  await enableTr069(page);
  await provision();
  await picture(page, "/settings/tr069", "settings");
  await picture(page, "/status", "status");
  await picture(page, "/sessions", "sessions");
} finally {
  await browser.close();
  await phone.close();
  await rm(folder, { recursive: true, force: true });
}

/** As a person does it. */
async function enableTr069(page) {
  await page.getByLabel("Enable TR069").selectOption("Enabled");
  await page.getByLabel("Enable Periodic Inform").selectOption("Enabled");
  for (const [label, value] of [
    ["ACS URL", phone.acs.url],
    ["ACS Username", "phone"],
    ["ACS Password", "hush-acs"],
    ["Periodic Inform Interval (seconds)", "3600"],
    ["CPE User name", "acs"],
    ["CPE Password", "hush-cpe"],
  ]) {
    await page.getByLabel(label, { exact: true }).fill(value);
  }
  await page.getByRole("button", { name: "Submit" }).click();
  await page.getByText("Saved:").waitFor();
  await ended("0 BOOTSTRAP");
}

/** One session sets an account; the next, opened by a connection request, reads it and makes a mistake. */
async function provision() {
  const account = {
    [`${LINE}Enable`]: "Enabled",
    [`${LINE}SIP.AuthUserName`]: "1001",
    [`${LINE}SIP.AuthPassword`]: "hush-sip",
    [`${LINE}SIP.CUSTOM_UserName`]: "1001",
    "Device.LAN.VoiceService.1.VoiceProfile.1.SIP.RegistrarServer": "sip.example.com",
  };
  const calls = [set(account), get(`${LINE}`), set({ "Device.ManagementServer.PeriodicInformInterval": "0" })];
  const answers = calls.map((call, at) => phone.acs.enqueue(ANY_DEVICE, call, { more: at < calls.length - 1 }));
  const [device] = phone.acs.devices();
  await phone.acs.connectionRequest(device.id);
  await Promise.all(answers);
  await ended("6 CONNECTION REQUEST");
  await registered();
}

/** The simulated phone takes a moment to register its account. */
async function registered() {
  for (let tries = 0; tries < 100; tries++) {
    const { accounts } = await phone.daemon.agent.local.status();
    if (accounts[0]?.line === "Up") return;
    await sleep(100);
  }
}

function set(values) {
  const parameterList = Object.entries(values).map(([name, value]) => ({ name, value, type: "string" }));
  return { name: "SetParameterValues", args: { parameterList, parameterKey: "accounts" } };
}

function get(...parameterNames) {
  return { name: "GetParameterValues", args: { parameterNames } };
}

function ended(code) {
  return phone.acs.waitForSession(({ events }) => events.some(({ eventCode }) => eventCode === code));
}

async function picture(page, path, name) {
  await page.goto(path, { waitUntil: "load" });
  const file = join(target, `${name}.png`);
  const bottom = await page.evaluate("document.querySelector('main').getBoundingClientRect().bottom");
  const height = Math.min(SIZE.height, Math.ceil(bottom));
  await page.screenshot({ path: file, clip: { x: 0, y: 0, width: SIZE.width, height } });
  console.log(`${file}: ${(await stat(file)).size} bytes`);
}
