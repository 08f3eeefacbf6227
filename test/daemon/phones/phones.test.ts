import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Acs, createAcs } from "../../../src/acs/acs.ts";
import { responseOf } from "../../../src/acs/calls.ts";
import type { AcsSession } from "../../../src/acs/events.ts";
import { loadConfig } from "../../../src/config/load-config.ts";
import { defaultDataModelFolder, loadDataModel } from "../../../src/config/load-data-model.ts";
import { createPhone, type OpenPhone, type OwnParts } from "../../../src/daemon/phones/create-phone.ts";
import { createPhoneKind } from "../../../src/daemon/phones/phone-kind.ts";
import { createProcessPorts, openSharedParts } from "../../../src/daemon/phones/shared-parts.ts";
import { lookAtThisHost } from "../../../src/daemon/this-host.ts";
import { createMemoryStateStore } from "../../../src/storage/memory-state-store.ts";
import { createSystemClock } from "../../../src/system/clock.ts";
import { createScheduler } from "../../../src/system/scheduler.ts";
import { createSystemRandom } from "../../../src/system/system-random.ts";
import { createMemoryLogger, type MemoryLogger } from "../../helpers/memory-logger.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const NAMES = ["north-1", "north-2", "north-3", "south-1", "south-2"] as const;
const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";
const ACS_USERNAME = "Config.TR069.ManagementServer.Username";
const ACS_PASSWORD = "Config.TR069.ManagementServer.Password";

const RINGER = {
  commandKey: "ring",
  fileType: "5 Ringer File",
  username: "",
  password: "",
  fileSize: 4,
  targetFileName: "ring.wav",
  delaySeconds: 0,
  successUrl: "",
  failureUrl: "",
} as const;

interface SeenSession {
  readonly session: number;
  readonly phone: string | undefined;
  readonly events: readonly string[];
}

interface Several {
  readonly acs: Acs;
  readonly phones: readonly OpenPhone[];
  readonly log: MemoryLogger;
  /** What the observer of the process has seen, and those of the phones. */
  readonly seen: readonly SeenSession[];
  readonly seenOf: ReadonlyMap<string, readonly SeenSession[]>;
  readonly folder: string;
  device(name: string): string;
}

async function startAcs(t: TestContext): Promise<Acs> {
  const clock = createSystemClock();
  const acs = await createAcs({
    address: "127.0.0.1",
    port: 0,
    authentication: { scheme: "digest", users: new Map(NAMES.map((name) => [name, passwordOf(name)])) },
    connectionRequestCredentials: { username: "acs", password: "hush-cpe" },
    clock,
    scheduler: createScheduler(clock, () => {}),
    random: createSystemRandom(),
  });
  t.after(() => acs.close());
  return acs;
}

const passwordOf = (name: string): string => `hush-${name}`;
const macOf = (name: string): string => `0c:11:05:00:00:0${(NAMES as readonly string[]).indexOf(name)}`;

async function start(t: TestContext): Promise<Several> {
  const acs = await startAcs(t);
  const folder = await temporaryFolder(t);
  const model = loadDataModel(defaultDataModelFolder());
  const kinds = await Promise.all(
    ["SP-R53P", "SP-R15P"].map(async (modelName) => {
      const file = join(folder, `${modelName}.yaml`);
      await writeFile(
        file,
        `tr069: { enable: true, acs: { url: "${acs.url}" }, cpe: { username: acs, password: hush-cpe } }
phone: { model: ${modelName} }
backend: { type: simulated, inMemory: true, rebootSeconds: 0 }
listen: { address: 127.0.0.1, port: 0 }
`,
        { mode: 0o600 },
      );
      return createPhoneKind(loadConfig(file, {}), model);
    }),
  );
  const [first = assert.fail()] = kinds;
  const log = createMemoryLogger();
  const seen: SeenSession[] = [];
  const seenOf = new Map<string, SeenSession[]>(NAMES.map((name) => [name, []]));
  const shared = await openSharedParts(createProcessPorts(log), {
    config: first.config,
    version: "1.2.3",
    udpSockets: 0,
    observe: (session, _at, _event, begin) => {
      if (begin !== undefined) seen.push({ session, phone: begin.phone, events: begin.events });
    },
  });
  const host = await lookAtThisHost(first.config);
  const own = (name: string): OwnParts => {
    const kind = kinds[name.startsWith("north") ? 0 : 1] ?? first;
    const { model: modelName } = kind.config.phone;
    const serialNumber = macOf(name).replaceAll(":", "").toUpperCase();
    return {
      name,
      kind,
      identity: { ...host.identity, modelName, productClass: modelName, mac: macOf(name), serialNumber },
      host,
      state: createMemoryStateStore(),
      folder: join(folder, name),
      settings: new Map([
        [ACS_USERNAME, name],
        [ACS_PASSWORD, passwordOf(name)],
      ]),
      observe: (session, _at, _event, begin) => {
        if (begin !== undefined) seenOf.get(name)?.push({ session, phone: begin.phone, events: begin.events });
      },
    };
  };
  const phones = await Promise.all(NAMES.map((name) => createPhone(shared, own(name))));
  t.after(async () => {
    await Promise.all(phones.map((phone) => phone.close()));
    await shared.close();
  });
  const device = (name: string): string => {
    const { identity } = own(name);
    return `${identity.oui}-${identity.productClass}-${identity.serialNumber}`;
  };
  return { acs, phones, log, seen, seenOf, folder, device };
}

const has =
  (device: string, code: string) =>
  (session: AcsSession): boolean =>
    session.device === device && session.events.some(({ eventCode }) => eventCode === code);

async function bootAll({ acs, phones, device }: Several): Promise<void> {
  const booted = NAMES.map((name) => acs.waitForSession(has(device(name), "0 BOOTSTRAP")));
  await Promise.all(phones.map(({ agent }) => agent.start()));
  await Promise.all(booted);
}

async function labelOf({ acs, device }: Several, name: string): Promise<string | undefined> {
  const asked = acs.enqueue(device(name), { name: "GetParameterValues", args: { parameterNames: [LABEL] } });
  await acs.connectionRequest(device(name));
  return responseOf(await asked, "GetParameterValues")?.parameterList[0]?.value;
}

test("phones of one process share a port and a transport, and each has a path, a login and settings of its own", async (t) => {
  const several = await start(t);
  const { acs, phones, device } = several;
  await bootAll(several);
  const statuses = await Promise.all(phones.map(({ agent }) => agent.local.status()));
  const urls = statuses.map(({ connectionRequests }) => new URL(connectionRequests.url));
  assert.equal(new Set(urls.map(({ host }) => host)).size, 1);
  assert.equal(new Set(urls.map(({ pathname }) => pathname)).size, NAMES.length);
  assert.deepEqual(
    acs
      .devices()
      .map(({ id }) => id)
      .toSorted(),
    NAMES.map(device).toSorted(),
  );
  const set = acs.enqueue(device("north-2"), {
    name: "SetParameterValues",
    args: { parameterList: [{ name: LABEL, value: "mine", type: "string" }], parameterKey: "k" },
  });
  assert.equal(await acs.connectionRequest(device("north-2")), 200);
  assert.equal((await set).kind, "response");
  assert.equal(await labelOf(several, "north-2"), "mine");
  for (const name of ["north-1", "south-1"]) assert.equal(await labelOf(several, name), "", name);
});

test("a factory reset of one phone leaves it its own login, and the others all that they have", async (t) => {
  const several = await start(t);
  const { acs, phones, device } = several;
  await bootAll(several);
  const changed = new Map([[LABEL, "mine"]]);
  await Promise.all(phones.map(({ agent }) => agent.local.setValues(changed)));
  const again = acs
    .waitForSession((session) => has(device("south-2"), "0 BOOTSTRAP")(session) && session.number > NAMES.length)
    .then(({ error }) => error);
  await phones[4]?.agent.local.factoryReset();
  assert.equal(await again, null);
  assert.equal(await labelOf(several, "south-2"), "");
  assert.equal(await labelOf(several, "south-1"), "mine");
});

test("each session, log line and trace record tells whose it is, and a phone sees its own alone", async (t) => {
  const several = await start(t);
  const { phones, log, seen, seenOf } = several;
  await bootAll(several);
  await labelOf(several, "north-3");
  assert.equal(seen.filter(({ phone }) => phone === "north-3").length, 2);
  for (const name of NAMES) {
    const own = seenOf.get(name) ?? assert.fail();
    assert.deepEqual(
      own,
      seen.filter(({ phone }) => phone === name),
    );
    assert.deepEqual(own[0]?.events, ["0 BOOTSTRAP", "1 BOOT"]);
  }
  assert.equal(new Set(seen.map(({ session }) => session)).size, seen.length, "session numbers of one process");
  const unnamed = log.lines.filter(({ fields }) => !NAMES.some((name) => name === fields.phone));
  assert.deepEqual(unnamed, []);
  assert.equal(phones[2]?.name, "north-3");
});

test("phones that download at once keep each other's files", async (t) => {
  const several = await start(t);
  const { acs, device } = several;
  await bootAll(several);
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = createServer(async (request, response) => {
    response.writeHead(200, { "Content-Length": 4 }).write("ri");
    if (request.url === "/late") await held;
    response.end("ng");
  });
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const results = new Map<string, number>();
  acs.onEvent((event) => {
    if (event.kind === "cpe-request" && event.transfer !== undefined)
      results.set(event.device, event.transfer.faultCode);
  });
  const download = async (name: string, path: string): Promise<AcsSession> => {
    const call = acs.enqueue(device(name), {
      name: "Download",
      args: { ...RINGER, url: `http://127.0.0.1:${port}${path}` },
    });
    await acs.connectionRequest(device(name));
    assert.equal((await call).kind, "response");
    return acs.waitForSession(has(device(name), "7 TRANSFER COMPLETE"));
  };
  const late = download("north-1", "/late");
  await download("south-1", "/now");
  release();
  await late;
  assert.deepEqual(Object.fromEntries(results), { [device("south-1")]: 0, [device("north-1")]: 0 });
});
