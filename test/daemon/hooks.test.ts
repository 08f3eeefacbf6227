import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Acs, ANY_DEVICE, createAcs } from "../../src/acs/acs.ts";
import { type RpcOutcome, responseOf } from "../../src/acs/calls.ts";
import type { AcsSession } from "../../src/acs/events.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";
import { isAlive, until } from "../backends/hooks/hooks-phone.ts";
import { runCli } from "../helpers/daemon-process.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/hooks", import.meta.url));
const PROFILE = "Device.LAN.VoiceService.1.VoiceProfile.1.";
const USER = `${PROFILE}Line.1.SIP.CUSTOM_UserName`;
const SERVER = `${PROFILE}SIP.RegistrarServer`;
const ENABLE = `${PROFILE}Line.1.Enable`;
const LINE = `${PROFILE}Line.1.Status`;
const LABEL = `${PROFILE}Line.1.SIP.CUSTOM_Label`;

async function startAcs(t: TestContext): Promise<Acs> {
  const clock = createSystemClock();
  const acs = await createAcs({
    address: "127.0.0.1",
    port: 0,
    authentication: { scheme: "digest", users: new Map([["phone", "secret"]]) },
    connectionRequestCredentials: { username: "acs", password: "knock" },
    clock,
    scheduler: createScheduler(clock, () => {}),
    random: createSystemRandom(),
  });
  t.after(() => acs.close());
  return acs;
}

/** The example as it stands, but for the ACS and the port. */
async function copyExample(t: TestContext, acsUrl: string): Promise<string> {
  const folder = await temporaryFolder(t);
  await cp(EXAMPLE, folder, { recursive: true });
  const config = join(folder, "config.yaml");
  const text = (await readFile(config, "utf8"))
    .replace("http://127.0.0.1:7557/", acsUrl)
    .replace("port: 7548", "port: 0");
  assert.ok(text.includes(acsUrl) && text.includes("port: 0"));
  await writeFile(config, text);
  await chmod(config, 0o600);
  return folder;
}

const set = (values: Readonly<Record<string, string>>) =>
  ({
    name: "SetParameterValues",
    args: {
      parameterList: Object.entries(values).map(([name, value]) => ({ name, value, type: "string" })),
      parameterKey: "",
    },
  }) as const;
const get = (...parameterNames: readonly string[]) =>
  ({ name: "GetParameterValues", args: { parameterNames } }) as const;

function values(outcome: RpcOutcome): readonly string[] {
  const response = responseOf(outcome, "GetParameterValues") ?? assert.fail(JSON.stringify(outcome));
  return response.parameterList.map(({ value }) => value);
}

const has =
  (code: string) =>
  ({ events }: AcsSession): boolean =>
    events.some(({ eventCode }) => eventCode === code);

test("the example of a phone in shell, managed by a real ACS", async (t) => {
  const acs = await startAcs(t);
  const folder = await copyExample(t, acs.url);
  const store = () => readFile(join(folder, "phone-store/settings"), "utf8");
  const more = { more: true };
  const done = [
    acs.enqueue(ANY_DEVICE, set({ [USER]: "1001", [SERVER]: "sip.example", [ENABLE]: "Enabled" }), more),
    acs.enqueue(ANY_DEVICE, get(LINE, "Device.DeviceInfo.SoftwareVersion"), more),
    acs.enqueue(ANY_DEVICE, set({ [USER]: "desk 1001", [LABEL]: "hall" }), more),
    acs.enqueue(ANY_DEVICE, get(USER, LABEL), more),
    acs.enqueue(ANY_DEVICE, {
      name: "SetParameterAttributes",
      args: {
        parameterList: [LABEL, LINE].map((name) => ({
          name,
          notificationChange: true,
          notification: 2,
          accessListChange: false,
          accessList: [],
        })),
      },
    }),
  ];
  const daemon = runCli(t, ["run", "--config", join(folder, "config.yaml")]);
  const [first, live, refused, kept] = await Promise.all(done);
  assert.ok(first && live && refused && kept);
  assert.deepEqual(first, { kind: "response", name: "SetParameterValues", response: { status: 0 } });
  assert.deepEqual(values(live), ["Up", "1.0.0"]);
  assert.match(await store(), /^Config\.Account1\.GENERAL\.UserName\t1001$/m);
  assert.ok(refused.kind === "fault");
  const faults = refused.parameterFaults.map(({ parameterName, faultCode }) => [parameterName, Number(faultCode)]);
  assert.deepEqual([Number(refused.faultCode), faults], [9003, [[USER, 9007]]]);
  assert.deepEqual(values(kept), ["1001", ""], "all or nothing");

  // A person at the phone's keys: the watch hook tells.
  const key = (name: string, value: string) =>
    promisify(execFile)(join(folder, "phone.sh"), ["set", name, value], { cwd: folder });
  await key("Config.Account1.GENERAL.Label", 'hall "1" \\ ☎');
  const changed = await acs.waitForSession(has("4 VALUE CHANGE"));
  assert.deepEqual(
    changed.parameters.filter(({ name }) => name === LABEL).map(({ value }) => value),
    ['hall "1" \\ ☎'],
  );

  const rebooted = acs.waitForSession(has("M Reboot"));
  const device = changed.device;
  const reboot = acs.enqueue(device, { name: "Reboot", args: { commandKey: "r1" } });
  assert.equal(await acs.connectionRequest(device), 200);
  assert.equal((await reboot).kind, "response");
  assert.ok(has("1 BOOT")(await rebooted));
  assert.equal(await daemon.end("SIGTERM"), 0);
  assert.doesNotMatch(daemon.log(), /desk 1001|secret|knock/);
  assert.match(daemon.log(), /a user name must not hold a blank/);
});

test("hooks that all hang cost a fault each, and nothing of them is left when the agent ends", async (t) => {
  const acs = await startAcs(t);
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "hang.sh"), "#!/bin/sh\necho $$ >>pids\nsleep 1000 &\necho $! >>pids\nwait\n", {
    mode: 0o755,
  });
  await writeFile(
    join(folder, "config.yaml"),
    `tr069: { enable: true, acs: { url: "${acs.url}", username: phone, password: secret } }
phone: { mac: "0c:11:05:00:00:02" }
backend: { type: hooks, read: [./hang.sh], apply: [./hang.sh], watch: [./hang.sh], limitSeconds: 1 }
listen: { address: 127.0.0.1, port: 0 }
`,
  );
  const more = { more: true };
  const outcomes = [
    acs.enqueue(ANY_DEVICE, get(LINE), more),
    acs.enqueue(ANY_DEVICE, set({ [USER]: "1001" }), more),
    acs.enqueue(ANY_DEVICE, get(USER)),
  ];
  const daemon = runCli(t, ["run", "--config", join(folder, "config.yaml")]);
  const [live, change, settings] = await Promise.all(outcomes);
  assert.equal(live?.kind === "fault" ? Number(live.faultCode) : live, 9002);
  assert.equal(change?.kind === "fault" ? Number(change.faultCode) : change, 9002);
  assert.deepEqual(settings && values(settings), [""]);
  const session = await acs.waitForSession(has("1 BOOT"));
  assert.ok(session.parameters.some(({ name }) => name === "Device.LAN.IPAddress"));
  assert.equal(await daemon.end("SIGTERM"), 0);
  const pids = (await readFile(join(folder, "pids"), "utf8")).trim().split("\n").map(Number);
  assert.ok(pids.length >= 8, pids.join());
  for (const pid of pids) await until(() => !isAlive(pid));
});

test("the example's settings file has no mistake, and its programs are there", async (t) => {
  const check = runCli(t, ["check-config", join(EXAMPLE, "config.yaml")]);
  assert.equal(await check.ended, 0, check.log());
});

for (const shell of ["sh", "dash", "busybox"]) {
  test(`${shell} finds no mistake in the example`, async (t) => {
    const args = shell === "busybox" ? ["ash", "-n"] : ["-n"];
    try {
      await promisify(execFile)(shell, [...args, join(EXAMPLE, "phone.sh")]);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
      t.skip(`there is no ${shell} here`);
    }
  });
}
