import assert from "node:assert/strict";
import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { isAgentError } from "../../../src/cwmp/errors.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";
import { configFilePhone, LAN } from "../test-phone.ts";

const STATE = "Status.Account1.Line.State";
const ADDRESS = "Status.Network.LAN.IPAddress";

async function startedPhone(t: TestContext, rebootCommand?: readonly string[]) {
  const phone = await configFilePhone(t, rebootCommand === undefined ? {} : { rebootCommand });
  await phone.start();
  t.after(() => phone.backend.stop());
  return phone;
}

test("live values are those of the host", async (t) => {
  const phone = await startedPhone(t);
  assert.equal(await phone.read("Status.Phone.General.UpTime"), "4711");
  assert.equal(await phone.read("Status.Phone.General.SoftwareVersion"), "53.0.6.45");
  assert.equal(await phone.read(ADDRESS), "192.0.2.50");
  assert.equal(await phone.read("Status.Network.LAN.SecondaryDNS"), "");
});

test("a new address of the host is noticed and reported", async (t) => {
  const phone = await startedPhone(t);
  phone.host.addresses = { ...LAN, ipAddress: "192.0.2.99" };
  await phone.time.advance(2_000);
  assert.deepEqual(phone.reported, [{ key: ADDRESS, before: "192.0.2.50", after: "192.0.2.99" }]);
  assert.equal(await phone.read(ADDRESS), "192.0.2.99");
});

test("a host without an address is told once, at start", async (t) => {
  const phone = await configFilePhone(t);
  phone.host.addresses = { ...LAN, ipAddress: "" };
  await phone.start();
  await phone.time.advance(5_000);
  await phone.backend.stop();
  assert.equal(phone.log.at("warn").length, 1);
});

test("an account that is on is not claimed to be up: the host does not know", async (t) => {
  const phone = await startedPhone(t);
  await phone.write({ "Config.Account1.GENERAL.Enable": "1" });
  assert.equal(await phone.read(STATE), "Initializing");
  assert.deepEqual(phone.reported, [{ key: STATE, before: "Disabled", after: "Initializing" }]);
});

test("the status file comes before the host, and what it says anew is reported", async (t) => {
  const phone = await startedPhone(t);
  await writeFile(phone.statusFile, `# by the firmware\nstatus.account1.line.state = Up\n${ADDRESS} = 192.0.2.77\n`);
  await phone.time.advance(2_000);
  assert.equal(await phone.read(STATE), "Up");
  assert.deepEqual(phone.reported, [
    { key: ADDRESS, before: "192.0.2.50", after: "192.0.2.77" },
    { key: STATE, before: "Disabled", after: "Up" },
  ]);
  await rm(phone.statusFile);
  await phone.time.advance(2_000);
  assert.equal(await phone.read(STATE), "Disabled");
});

test("a status file that cannot be read is told once and does not end the phone", async (t) => {
  const phone = await startedPhone(t);
  await writeFile(phone.statusFile, "x".repeat(5 * 2 ** 20));
  await phone.time.advance(5_000);
  assert.equal(phone.log.at("warn").length, 1);
  assert.match(phone.log.at("warn")[0]?.message ?? "", /status\.cfg cannot be read/);
  assert.equal(await phone.read(STATE), "Disabled");
});

test("to register again, the firmware is made to read its settings: the file's time changes, its content does not", async (t) => {
  const phone = await startedPhone(t);
  const before = await readFile(phone.path, "utf8");
  await utimes(phone.path, 1_000, 1_000);
  await phone.time.advance(2_000);
  assert.equal(await phone.write({ "Action.Account1.Line.Reset": "1" }), "applied");
  assert.equal((await stat(phone.path)).mtimeMs, Math.floor(phone.time.clock.now()));
  assert.equal(await readFile(phone.path, "utf8"), before);
  await phone.time.advance(3_000);
  assert.deepEqual(phone.reported, []);
});

test("without a reboot command the agent alone restarts, at once", async (t) => {
  const phone = await startedPhone(t);
  await phone.backend.reboot("key");
});

test("the reboot command runs without a shell; should the phone stay up, the agent goes on after half a minute", async (t) => {
  const trace = join(await temporaryFolder(t), "a b; $HOME");
  const phone = await startedPhone(t, [process.execPath, "-e", `fs.writeFileSync(process.argv[1], "x")`, trace]);
  const rebooted = phone.backend.reboot("key");
  await waitForTimer(phone.time.pendingTimers, "wait for the reboot");
  assert.equal(await readFile(trace, "utf8"), "x");
  const beforeMs = phone.time.clock.monotonic();
  await phone.time.runUntil(rebooted);
  assert.equal(phone.time.clock.monotonic() - beforeMs, 30_000);
});

for (const [what, command, reason] of [
  ["fails", [process.execPath, "-e", "process.exit(3)"], /ended with exit code 3: check rebootCommand/],
  ["is not there", ["/no/such/program"], /"\/no\/such\/program" cannot be started/],
] as const) {
  test(`a reboot command that ${what} is a clear error`, async (t) => {
    const phone = await startedPhone(t, command);
    await assert.rejects(
      phone.backend.reboot("key"),
      (error) => isAgentError(error, "BACKEND_IO") && reason.test(error.message),
    );
  });
}

test("the agent stops the phone first: the command is waited for, and heard, all the same", async (t) => {
  const phone = await startedPhone(t, [process.execPath, "-e", "process.exit(3)"]);
  await phone.backend.stop();
  await assert.rejects(phone.backend.reboot("key"), /ended with exit code 3/);
  const slow = await startedPhone(t, [process.execPath, "-e", "0"]);
  await slow.backend.stop();
  const beforeMs = slow.time.clock.monotonic();
  const rebooted = slow.backend.reboot("key");
  await waitForTimer(slow.time.pendingTimers, "wait for the reboot");
  await slow.time.runUntil(rebooted);
  assert.equal(slow.time.clock.monotonic() - beforeMs, 30_000);
});

test("a reboot command that hangs is ended after a minute", { timeout: 600_000 }, async (t) => {
  const phone = await startedPhone(t, [process.execPath, "-e", "setInterval(() => {}, 1e6)"]);
  const rebooted = phone.backend.reboot("key");
  rebooted.catch(() => {});
  await waitForTimer(phone.time.pendingTimers, "limit of the reboot command");
  await phone.time.advance(60_000);
  await assert.rejects(rebooted, /did not end within 60 seconds/);
  while (process.getActiveResourcesInfo().includes("ProcessWrap"))
    await new Promise((resolve) => setImmediate(resolve));
});

test("the agent, which stops the phone before it restarts it, waits for the command and half a minute too", async (t) => {
  const phone = await startedPhone(t, [process.execPath, "-e", ""]);
  await phone.backend.stop();
  const rebooted = phone.backend.reboot("key");
  await waitForTimer(phone.time.pendingTimers, "wait for the reboot");
  await phone.backend.stop();
  await rebooted;
  assert.deepEqual(phone.time.pendingTimers(), []);
});

test("a phone that is stopped while it reboots leaves no timer", async (t) => {
  const phone = await startedPhone(t, [process.execPath, "-e", "0"]);
  const rebooted = phone.backend.reboot("key");
  await phone.backend.stop();
  await rebooted;
  await phone.time.advance(1_000);
  assert.deepEqual(phone.time.pendingTimers(), []);
});

async function waitForTimer(pending: () => readonly { readonly name: string }[], name: string): Promise<void> {
  while (!pending().some((timer) => timer.name === name)) await new Promise((resolve) => setImmediate(resolve));
}

test("C-183 the install command gets file type and path; firmware needs a restart, other files do not", async (t) => {
  const script = `require("node:fs").writeFileSync(process.argv[2] + ".seen", process.argv[1]); process.exit(0)`;
  const { backend, path } = await configFilePhone(t, { installCommand: [process.execPath, "-e", script] });
  const run = (fileType: string) => backend.files?.install(fileType, path);
  assert.equal(await run("1 Firmware Upgrade Image"), "needs-reboot");
  assert.equal(await readFile(`${path}.seen`, "utf8"), "1 Firmware Upgrade Image");
  assert.equal(await run("5 Ringer File"), "applied");
});

test("the commands of the settings get no password of the agent's environment", async (t) => {
  const secret = "AKUVOX_CPE_ACS_PASSWORD";
  const before = process.env;
  process.env = { PATH: before.PATH, LANG: "C.UTF-8", TZ: "UTC", [secret]: "hunter2", OTHER: "hunter2" };
  t.after(() => {
    process.env = before;
  });
  const script = `require("node:fs").writeFileSync(process.argv[2] + ".env", JSON.stringify(process.env))`;
  const { backend, path } = await configFilePhone(t, { installCommand: [process.execPath, "-e", script] });
  await backend.files?.install("5 Ringer File", path);
  const seen = JSON.parse(await readFile(`${path}.env`, "utf8")) as Record<string, string>;
  assert.deepEqual({ ...seen, PATH: typeof seen.PATH }, { PATH: "string", LANG: "C.UTF-8", TZ: "UTC" });
});

test("C-181 an install command that fails is 9018, one that cannot be started is our own error", async (t) => {
  const failing = await configFilePhone(t, { installCommand: [process.execPath, "-e", "process.exit(3)"] });
  const image = "1 Firmware Upgrade Image";
  await assert.rejects(async () => failing.backend.files?.install(image, "/x"), {
    faultCode: 9018,
  });
  const missing = await configFilePhone(t, { installCommand: ["/no/such/program"] });
  await assert.rejects(async () => missing.backend.files?.install(image, "/x"), {
    code: "BACKEND_IO",
  });
});

test("C-170 without an install command a phone takes no firmware", async (t) => {
  const { backend } = await configFilePhone(t);
  assert.deepEqual(backend.files?.installs, []);
});
