/**
 * Whether a phone grows: sessions by connection request, in turns with an AddObject, a SetParameterValues and a DeleteObject of what
 * was added; the resident memory after the first, and after each thousand. Linux.
 *
 *   node bench/growth.mjs [--prefix DIR] [--sessions 20000]
 *
 * DIR is an installation of the package (its install.sh); without it the package is made and installed into a temporary folder.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as passed } from "node:timers/promises";
import { parseArgs } from "node:util";
import { buildProgram, installProgram, phoneSettings, ROOT } from "./contenders.mjs";
import { loadSources } from "./load-sources.mjs";

const { createAcs, responseOf, createSystemClock, createScheduler, createSystemRandom } = await loadSources(ROOT, {
  "acs/acs.ts": ["createAcs"],
  "acs/calls.ts": ["responseOf"],
  "system/clock.ts": ["createSystemClock"],
  "system/scheduler.ts": ["createScheduler"],
  "system/system-random.ts": ["createSystemRandom"],
});

const ACCOUNTS = "Device.LAN.VoiceService.1.VoiceProfile.";
/** After a burst the phone gives memory back. */
const SETTLED_MS = 4_000;
const { values: options } = parseArgs({
  options: { prefix: { type: "string" }, sessions: { type: "string", default: "20000" } },
});
const work = mkdtempSync(join(tmpdir(), "akuvox-cpe-growth-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
if (options.prefix === undefined) buildProgram();
const prefix = options.prefix === undefined ? installProgram(work) : resolve(options.prefix);

const clock = createSystemClock();
const acs = await createAcs({
  ...{ address: "127.0.0.1", port: 0, authentication: { scheme: "none" } },
  connectionRequestCredentials: { username: "u", password: "p" },
  ...{ clock, scheduler: createScheduler(clock, () => {}), random: createSystemRandom() },
});
const settings = ["run", "--config", phoneSettings(acs.url, work)];
const phone = spawn(join(prefix, "bin", "akuvox-cpe"), settings, { stdio: "ignore" });
process.on("exit", () => phone.kill("SIGKILL"));
const { device } = await acs.waitForSession(() => true);

/** The phone's answers to these requests, in one session. */
async function session(...calls) {
  const answers = calls.map((call, at) => acs.enqueue(device, call, { more: at < calls.length - 1 }));
  while ((await acs.connectionRequest(device)) !== 200) await passed(20);
  return Promise.all(answers);
}

async function printProgress(count) {
  await passed(SETTLED_MS);
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${phone.pid}/status`, "utf8"));
  console.log(`${count} sessions: ${(kib / 1024).toFixed(1)} MiB, ${faults} faults`);
}

const read = { name: "GetParameterValues", args: { parameterNames: ["Device.DeviceInfo."] } };
let faults = 0;

/** The third account is there from the start: it goes first, so that there is room for others. */
let number = "3";

function change(count) {
  const parameterKey = `k${count}`;
  if (count % 3 === 0) return { name: "DeleteObject", args: { objectName: `${ACCOUNTS}${number}.`, parameterKey } };
  if (count % 3 === 1) return { name: "AddObject", args: { objectName: ACCOUNTS, parameterKey } };
  const value = { name: "Device.DeviceInfo.ProvisioningCode", value: parameterKey, type: "string" };
  return { name: "SetParameterValues", args: { parameterList: [value], parameterKey } };
}

for (let count = 0; count < Number(options.sessions); count++) {
  const call = change(count);
  const outcomes = await session(read, call);
  faults += outcomes.filter(({ kind }) => kind !== "response").length;
  if (call.name === "AddObject") number = String(responseOf(outcomes[1], "AddObject")?.instanceNumber ?? number);
  if (count === 0 || (count + 1) % 1000 === 0) await printProgress(count + 1);
}
phone.kill("SIGTERM");
await acs.close();
