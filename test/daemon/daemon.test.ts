import assert from "node:assert/strict";
import { appendFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { type Acs, ANY_DEVICE, createAcs } from "../../src/acs/acs.ts";
import { type RpcOutcome, responseOf } from "../../src/acs/calls.ts";
import type { AcsSession } from "../../src/acs/events.ts";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";
import { phoneFolder, runCli } from "../helpers/daemon-process.ts";
import { recordedWire } from "../helpers/sent-envelopes.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const SIP = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.";
const USER = `${SIP}CUSTOM_UserName`;
const LABEL = `${SIP}CUSTOM_Label`;
const DOMAIN = "Device.LAN.VoiceService.1.VoiceProfile.1.SIP.UserAgentDomain";
const KEY = "Device.ManagementServer.ParameterKey";

const model = loadDataModel(defaultDataModelFolder());

async function startAcs(t: TestContext, port = 0): Promise<Acs> {
  const clock = createSystemClock();
  const scheduler = createScheduler(clock, () => {});
  const acs = await createAcs({
    address: "127.0.0.1",
    port,
    authentication: { scheme: "digest", users: new Map([["phone", "hush-acs"]]) },
    connectionRequestCredentials: { username: "acs", password: "hush-cpe" },
    clock,
    scheduler,
    random: createSystemRandom(),
    trace: recordedWire(model),
  });
  t.after(() => acs.close());
  return acs;
}

const set = (values: Readonly<Record<string, string>>, parameterKey = "") =>
  ({
    name: "SetParameterValues",
    args: {
      parameterList: Object.entries(values).map(([name, value]) => ({ name, value, type: "string" })),
      parameterKey,
    },
  }) as const;
const get = (...parameterNames: readonly string[]) =>
  ({ name: "GetParameterValues", args: { parameterNames } }) as const;

function values(outcome: RpcOutcome): Readonly<Record<string, string>> {
  const response = responseOf(outcome, "GetParameterValues") ?? assert.fail(JSON.stringify(outcome));
  return Object.fromEntries(response.parameterList.map(({ name, value }) => [name, value]));
}

const has =
  (code: string) =>
  (session: AcsSession): boolean =>
    session.events.some(({ eventCode }) => eventCode === code);

describe("the agent as a process of its own, with a real ACS", () => {
  test("an ACS provisions the phone, and the change lands in the phone's file", async (t) => {
    const acs = await startAcs(t);
    const phone = await phoneFolder(await temporaryFolder(t), acs.url);
    const first = acs.enqueue(ANY_DEVICE, set({ [USER]: "1001", [`${SIP}AuthPassword`]: "hush-sip" }, "p1"), {
      more: true,
    });
    const second = acs.enqueue(ANY_DEVICE, get("Device."));
    const daemon = phone.start(t);
    assert.deepEqual(await first, { kind: "response", name: "SetParameterValues", response: { status: 0 } });
    assert.equal(values(await second)[USER], "1001");
    assert.equal(values(await second)[`${SIP}AuthPassword`], "");
    const session = await acs.waitForSession(has("0 BOOTSTRAP"));
    assert.equal(session.device, "0C1105-SP-R53P-0C1105000007");
    const text = await readFile(phone.phoneFile, "utf8");
    assert.match(text, /^Config\.Account1\.GENERAL\.UserName = 1001$/m);
    assert.match(text, /^Config\.Account1\.GENERAL\.Pwd = hush-sip$/m);
    assert.equal(await daemon.end("SIGTERM"), 0);
    assert.doesNotMatch(daemon.log(), /hush/, "C-281");
    const traces = await readdir(phone.traceFolder);
    assert.ok(traces.includes("0001-cpe-Inform.xml"), traces.join());
    for (const file of traces) assert.doesNotMatch(await readFile(join(phone.traceFolder, file), "utf8"), /hush/, file);
  });

  test("C-218 a connection request opens a session; a hand edit of the file raises VALUE CHANGE", async (t) => {
    const acs = await startAcs(t);
    const phone = await phoneFolder(await temporaryFolder(t), acs.url);
    const attributes = acs.enqueue(ANY_DEVICE, {
      name: "SetParameterAttributes",
      args: {
        parameterList: [
          { name: USER, notificationChange: true, notification: 2, accessListChange: false, accessList: [] },
        ],
      },
    });
    const daemon = phone.start(t);
    assert.equal((await attributes).kind, "response");
    const { device } = await acs.waitForSession(has("1 BOOT"));
    assert.equal(await acs.connectionRequest(device), 200);
    await acs.waitForSession(has("6 CONNECTION REQUEST"));
    assert.equal(await acs.connectionRequest(device, { username: "acs", password: "wrong" }), 401);
    await appendFile(phone.phoneFile, "# by hand\nConfig.Account1.GENERAL.UserName = 2002\n");
    const session = await acs.waitForSession(has("4 VALUE CHANGE"));
    assert.deepEqual(
      session.parameters.filter(({ name }) => name === USER).map(({ value }) => value),
      ["2002"],
    );
    assert.match(await readFile(phone.phoneFile, "utf8"), /^# by hand$/m);
    assert.equal(await daemon.end("SIGINT"), 0);
  });

  test("C-123 C-287 kill -9 in the middle of SetParameterValues: whole or not at all, and what was answered is kept", async (t) => {
    const acs = await startAcs(t);
    const phone = await phoneFolder(await temporaryFolder(t), acs.url);
    let answered = 0;
    let cut: Promise<RpcOutcome> | null = null;
    for (let round = 0; round < 4; round++) {
      const found = acs.enqueue(ANY_DEVICE, get(USER, DOMAIN, KEY, LABEL), { more: true });
      const daemon = phone.start(t);
      // The new session tells the ACS that the old one is over.
      if (cut !== null && (await cut).kind === "response") answered++;
      const now = values(await found);
      const number = now[KEY] === "" ? 0 : Number(now[KEY]);
      assert.ok(number >= answered, `round ${round}: ${number} is older than what was answered, ${answered}`);
      const text = number === 0 ? "" : `n${number}`;
      assert.deepEqual(now, { [USER]: text, [DOMAIN]: text, [KEY]: number === 0 ? "" : String(number), [LABEL]: text });
      const change = (n: number) =>
        acs.enqueue(ANY_DEVICE, set({ [USER]: `n${n}`, [DOMAIN]: `n${n}`, [LABEL]: `n${n}` }, String(n)), {
          more: true,
        });
      for (let n = number + 1; n <= number + 2 + round; n++) {
        assert.equal((await change(n)).kind, "response");
        answered = n;
      }
      // The next call is on its way, or being worked on, when the power goes.
      cut = change(answered + 1);
      daemon.child.kill("SIGKILL");
      await daemon.ended;
    }
  });

  test("after kill -9 the phone comes back with BOOT, and with BOOTSTRAP only while that was never delivered", async (t) => {
    const acs = await startAcs(t);
    const phone = await phoneFolder(await temporaryFolder(t), acs.url);
    const first = phone.start(t);
    await acs.waitForSession(has("0 BOOTSTRAP"));
    await first.end("SIGKILL");
    const second = phone.start(t);
    const { events } = await acs.waitForSession((session) => has("1 BOOT")(session) && !has("0 BOOTSTRAP")(session));
    assert.deepEqual(
      events.map(({ eventCode }) => eventCode),
      ["1 BOOT"],
    );
    await second.end("SIGTERM");
  });

  test("an invalid text in the phone's file is warned of with its line, and the last good value is served", async (t) => {
    const acs = await startAcs(t);
    const phone = await phoneFolder(await temporaryFolder(t), acs.url);
    const ring = "Device.UserInterface.CUSTOM_Preference.CUSTOM_RingVol";
    const setRing = (value: string) =>
      ({
        name: "SetParameterValues",
        args: { parameterList: [{ name: ring, value, type: "unsignedInt" }], parameterKey: "" },
      }) as const;
    const provisioned = acs.enqueue(ANY_DEVICE, setRing("3"));
    const daemon = phone.start(t);
    await provisioned;
    await acs.waitForSession(has("1 BOOT"));
    const before = await readFile(phone.phoneFile, "utf8");
    await writeFile(
      phone.phoneFile,
      before.replace("Config.Settings.AUDIO.RingVol = 3", "Config.Settings.AUDIO.RingVol = loud"),
    );
    const line = before.split("\n").findIndex((text) => text.startsWith("Config.Settings.AUDIO.RingVol")) + 1;
    const warned = new Promise<void>((resolve) => {
      daemon.child.stderr?.on("data", () => {
        if (daemon.log().includes("is refused")) resolve();
      });
    });
    await warned;
    assert.match(
      daemon.log(),
      new RegExp(
        `phone\\.cfg:${line}: Config\\.Settings\\.AUDIO\\.RingVol = \\\\"loud\\\\" is refused, it must be .*15`,
      ),
    );
    const { device } = await acs.waitForSession(has("1 BOOT"));
    const read = acs.enqueue(device, get(ring));
    assert.equal(await acs.connectionRequest(device), 200);
    assert.equal(values(await read)[ring], "3");
    await daemon.end("SIGKILL");
    const again = acs.enqueue(device, get(ring));
    const restarted = phone.start(t);
    assert.equal(values(await again)[ring], "3", "also after a restart");
    await restarted.end("SIGTERM");
  });
});

test("SIGTERM ends the agent cleanly while the ACS keeps it waiting, and the events are told next time", async (t) => {
  const silent = createServer((socket) => socket.on("error", () => {}).resume());
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as { port: number };
  const phone = await phoneFolder(await temporaryFolder(t), `http://127.0.0.1:${port}/`);
  const connected = new Promise((resolve) => silent.once("connection", (socket) => socket.once("data", resolve)));
  const daemon = phone.start(t);
  await connected;
  assert.equal(await daemon.end("SIGTERM"), 0);
  await new Promise((resolve) => silent.close(resolve));
  const acs = await startAcs(t, port);
  const again = phone.start(t);
  const session = await acs.waitForSession(has("1 BOOT"));
  assert.ok(has("0 BOOTSTRAP")(session));
  assert.equal(await again.end("SIGTERM"), 0);
});

describe("mistakes of people", () => {
  test("a port in use, a folder that cannot be used: exit code 1 with what is wrong", async (t) => {
    const folder = await temporaryFolder(t);
    const busy = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => busy.once("listening", resolve));
    t.after(() => busy.close());
    const { port } = busy.address() as { port: number };
    const config = join(folder, "config.yaml");
    const base = 'backend: { type: simulated }\nstateFolder: state\nlisten: { address: "127.0.0.1", port: ';
    await writeFile(config, `${base}${port} }\n`);
    const inUse = runCli(t, ["run", "--config", config]);
    assert.equal(await inUse.ended, 1);
    assert.match(inUse.log(), new RegExp(`${port}.*in use`));

    await mkdir(join(folder, "sub"));
    await writeFile(join(folder, "sub", "file"), "no folder");
    await writeFile(config, `${base.replace("state\n", "sub/file/state\n")}0 }\n`);
    const noFolder = runCli(t, ["run", "--config", config]);
    assert.equal(await noFolder.ended, 1);
    assert.match(noFolder.log(), /sub\/file\/state/);
  });

  test("an unreadable CA and an unknown key: exit code 2 with every finding's place", async (t) => {
    const folder = await temporaryFolder(t);
    const config = join(folder, "config.yaml");
    await writeFile(config, "tls:\n  ca: nowhere.pem\ntr069:\n  enabel: true\n");
    const { ended, log } = runCli(t, ["run", "--config", config]);
    assert.equal(await ended, 2);
    assert.match(log(), /config\.yaml:2:7: /);
    assert.match(log(), /config\.yaml:4:3: .*enable/);
  });

  test("two agents cannot share a state folder", async (t) => {
    const acs = await startAcs(t);
    const phone = await phoneFolder(await temporaryFolder(t), acs.url);
    phone.start(t);
    await acs.waitForSession(has("1 BOOT"));
    const second = phone.start(t);
    assert.equal(await second.ended, 1);
    assert.match(second.log(), /state/);
  });
});
