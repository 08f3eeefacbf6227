import assert from "node:assert/strict";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Acs, ANY_DEVICE, createAcs } from "../../src/acs/acs.ts";
import { type RpcOutcome, responseOf } from "../../src/acs/calls.ts";
import type { AcsSession } from "../../src/acs/events.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";
import { brokenModule } from "../backends/plugin/modules.ts";
import { type DaemonProcess, phoneFolder, runCli } from "../helpers/daemon-process.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const TEMPLATE = fileURLToPath(new URL("../../examples/backend/my-phone.mjs", import.meta.url));
const LINE = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.";
const LABEL = `${LINE}SIP.CUSTOM_Label`;

interface World {
  readonly acs: Acs;
  readonly folder: string;
  readonly module: string;
  /** Begins the agent, with the module as its phone. */
  start(): DaemonProcess;
}

/** A real ACS, and a folder whose settings say that `my-phone.mjs` in it is the phone. */
async function createWorld(t: TestContext, backend: string): Promise<World> {
  const clock = createSystemClock();
  const acs = await createAcs({
    address: "127.0.0.1",
    port: 0,
    authentication: { scheme: "digest", users: new Map([["phone", "hush-acs"]]) },
    connectionRequestCredentials: { username: "acs", password: "hush-cpe" },
    clock,
    scheduler: createScheduler(clock, () => {}),
    random: createSystemRandom(),
  });
  t.after(() => acs.close());
  const { folder } = await phoneFolder(await temporaryFolder(t), acs.url);
  const config = join(folder, "config.yaml");
  const text = await readFile(config, "utf8");
  await writeFile(config, text.replace(/^backend: .*$/m, `backend: ${backend}`), { mode: 0o600 });
  return { acs, folder, module: join(folder, "my-phone.mjs"), start: () => runCli(t, ["run", "--config", config]) };
}

const set = (name: string, value: string) =>
  ({
    name: "SetParameterValues",
    args: { parameterList: [{ name, value, type: "string" }], parameterKey: "" },
  }) as const;

const valueIn = (outcome: RpcOutcome): string | undefined =>
  responseOf(outcome, "GetParameterValues")?.parameterList[0]?.value;

/** The calls of one session, one after the other. */
function calls(acs: Acs) {
  const more = { more: true };
  return {
    set: (name: string, value: string) => acs.enqueue(ANY_DEVICE, set(name, value), more),
    get: async (name: string) =>
      valueIn(await acs.enqueue(ANY_DEVICE, { name: "GetParameterValues", args: { parameterNames: [name] } }, more)),
  };
}

const has =
  (code: string) =>
  (session: AcsSession): boolean =>
    session.events.some(({ eventCode }) => eventCode === code);

test("the template is a phone: an ACS provisions it, restarts it, and reads what it has set", async (t) => {
  const { acs, folder, module, start } = await createWorld(t, "./my-phone.mjs");
  await copyFile(TEMPLATE, module);
  const { set: write, get } = calls(acs);
  const done = { kind: "response", name: "SetParameterValues", response: { status: 0 } };
  const first = [write(LABEL, "hall"), write(LABEL, "x".repeat(64)), write(`${LINE}Enable`, "Enabled")] as const;
  const state = get(`${LINE}Status`);
  const restart = acs.enqueue(ANY_DEVICE, { name: "Reboot", args: { commandKey: "again" } });
  const daemon = start();
  assert.deepEqual(await first[0], done);
  const refused = await first[1];
  assert.ok(refused.kind === "fault", JSON.stringify(refused));
  assert.equal(refused.faultCode, 9003);
  assert.deepEqual(refused.parameterFaults, [
    {
      parameterName: LABEL,
      faultCode: 9007,
      faultString: "Invalid parameter value: the display shows 63 characters",
    },
  ]);
  assert.deepEqual(await first[2], done);
  assert.equal(await state, "Up");
  assert.equal((await restart).kind, "response");
  const found = get(LABEL);
  const end = acs.enqueue(ANY_DEVICE, { name: "GetRPCMethods", args: {} });
  assert.equal(await found, "hall");
  assert.equal((await end).kind, "response");
  await acs.waitForSession(has("M Reboot"));
  assert.match(
    await readFile(join(folder, "state", "plug-in", "phone.cfg"), "utf8"),
    /^Config\.Account1\.GENERAL\.Label = hall$/m,
  );
  assert.equal(await daemon.end("SIGTERM"), 0);
  assert.match(daemon.log(), /"plugIn":"my-phone\.mjs","msg":"the phone restarts"/);
});

/** What a label makes the module do in `stage`. */
const MISCHIEF = {
  throws: 'throw new Error("cannot keep " + label);',
  rejects: 'return Promise.reject(new Error("later"));',
  hangs: "return new Promise(() => {});",
  loops: "for (;;);",
  "talks nonsense": "return 5;",
  exits: "process.exit(1);",
};

test("a plug-in that throws, hangs, loops, dies or talks nonsense costs the ACS fault 9002, and the session goes on", async (t) => {
  const { acs, module, start } = await createWorld(t, "{ type: plug-in, module: ./my-phone.mjs, callSeconds: 5 }");
  const cases = Object.entries(MISCHIEF).map(([label, statement]) => `if (label === "${label}") { ${statement} }`);
  const statements = `
    const { stage } = backend;
    backend.stage = (changes) => { const label = changes.get("Config.Account1.GENERAL.Label"); ${cases.join(" ")} return stage(changes); };
    setInterval(() => { throw new Error("from its own timer"); }, 500);`;
  await writeFile(module, brokenModule(statements));
  const { set: write, get } = calls(acs);
  const outcomes = Object.keys(MISCHIEF).map((label) => ({ label, outcome: write(LABEL, label), after: get(LABEL) }));
  const last = acs.enqueue(ANY_DEVICE, { name: "GetRPCMethods", args: {} });
  const daemon = start();
  for (const { label, outcome, after } of outcomes) {
    const found = await outcome;
    assert.ok(found.kind === "fault" && found.faultCode === 9002, `${label}: ${JSON.stringify(found)}`);
    assert.equal(await after, "", label);
  }
  await last;
  const { device } = await acs.waitForSession(has("1 BOOT"));
  const kept = write(LABEL, "good");
  const ended = acs.enqueue(ANY_DEVICE, { name: "GetRPCMethods", args: {} });
  assert.equal(await acs.connectionRequest(device), 200);
  assert.equal((await kept).kind, "response");
  await ended;
  assert.equal(await daemon.end("SIGTERM"), 0);
  const lines = daemon.log();
  for (const reason of [
    "cannot keep throws",
    "later",
    "stage has taken longer than 5 seconds",
    "it must answer { apply, discard }, not a number",
    "it has exited (exit code 1)",
  ])
    assert.ok(lines.includes(`"plugIn":"my-phone.mjs","call":"stage","reason":"${reason}"`), reason);
  assert.match(lines, /"reason":"from its own timer"/);
});

test("a plug-in that cannot be loaded ends the start with what is wrong and where", async (t) => {
  const { module, start } = await createWorld(t, "./my-phone.mjs");
  await writeFile(module, "export function createBackend() {\n  return {{;\n}\n");
  const daemon = start();
  assert.equal(await daemon.ended, 2);
  assert.equal(
    daemon.log(),
    `error: the plug-in ${module} cannot be loaded: Unexpected token '{' (my-phone.mjs:2) [CONFIG]\n`,
  );
});

test("a plug-in that is not there is a mistake in the settings", async (t) => {
  const { folder, module, start } = await createWorld(t, "./my-phone.mjs");
  const daemon = start();
  assert.equal(await daemon.ended, 2);
  const place = `${join(folder, "config.yaml")}:7:10`;
  assert.equal(
    daemon.log(),
    `${place}: backend.module cannot be used: there is no such file: ${module} [FILE_UNREADABLE]\n`,
  );
});
