import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Acs, createAcs } from "../../src/acs/acs.ts";
import type { RpcCall } from "../../src/acs/calls.ts";
import type { AcsSession } from "../../src/acs/events.ts";
import { xmppAccount } from "../../src/cli/acs/xmpp.ts";
import { createXmppClient } from "../../src/net/xmpp/xmpp-client.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";
import { createTestCa } from "../helpers/certificates.ts";
import { phoneFolder } from "../helpers/daemon-process.ts";
import { startProsody } from "../helpers/prosody.ts";

const DOMAIN = "xmpp.example";
const PHONE_PASSWORD = "hush of the phone";
const JID = `phone@${DOMAIN}/cpe`;
const TABLE = "Device.XMPP.Connection.";

async function startAcs(t: TestContext, port: number, ca: string): Promise<Acs> {
  const clock = createSystemClock();
  const scheduler = createScheduler(clock, (error) => {
    throw error;
  });
  const account = xmppAccount(`acs@${DOMAIN}:hush of the ACS`, `127.0.0.1:${port}`);
  const acs = await createAcs({
    address: "127.0.0.1",
    port: 0,
    authentication: { scheme: "none" },
    connectionRequestCredentials: { username: "acs", password: "hush-cpe" },
    xmpp: { client: createXmppClient({ scheduler, tls: { ca } }), account },
    clock,
    scheduler,
    random: createSystemRandom(),
  });
  t.after(() => acs.close());
  return acs;
}

function setUp(port: number): readonly RpcCall[] {
  const values = {
    ...{ Username: "phone", Password: PHONE_PASSWORD, Domain: DOMAIN, Resource: "cpe", UseTLS: "true" },
    ...{ ServerConnectAlgorithm: "ServerTable", Enable: "true", ServerRetryInitialInterval: "1" },
    ...{ "Server.1.Enable": "true", "Server.1.ServerAddress": "127.0.0.1", "Server.1.Port": String(port) },
  };
  const parameters = [
    ...Object.entries(values).map(([name, value]) => ({ name: `${TABLE}1.${name}`, value, type: null })),
    { name: "Device.ManagementServer.ConnReqXMPPConnection", value: `${TABLE}1`, type: null },
    { name: "Device.ManagementServer.ConnReqAllowedJabberIDs", value: `acs@${DOMAIN}`, type: null },
  ];
  return [
    { name: "AddObject", args: { objectName: TABLE, parameterKey: "" } },
    { name: "AddObject", args: { objectName: `${TABLE}1.Server.`, parameterKey: "" } },
    { name: "SetParameterValues", args: { parameterList: parameters, parameterKey: "xmpp" } },
  ];
}

const codes = ({ events }: AcsSession): readonly string[] => events.map(({ eventCode }) => eventCode);

async function traceText(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => /\.(xml|jsonl)$/.test(name));
  return (await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")))).join("\n");
}

test("C-252 C-255 C-256 C-258 an ACS sets up XMPP on a running phone, calls it through prosody, and again after prosody died", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "akuvox-cpe-real-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const ca = await createTestCa();
  const certificate = await ca.issue([DOMAIN]);
  const accounts = { phone: PHONE_PASSWORD, acs: "hush of the ACS" };
  const prosody = await startProsody({ domain: DOMAIN, accounts, tls: "required", certificate });
  t.after(() => prosody.close());
  const acs = await startAcs(t, prosody.port, ca.ca);
  await writeFile(join(folder, "ca.pem"), ca.ca);
  const settings = `extensions: { xmpp: true }\ntls: { ca: "${join(folder, "ca.pem")}" }\n`;
  const phone = await phoneFolder(folder, acs.url, settings);

  const calls = setUp(prosody.port).map((call, at) => acs.enqueue("any", call, { more: at < 2 }));
  const running = phone.start(t);
  for (const outcome of await Promise.all(calls)) assert.equal(outcome.kind, "response", JSON.stringify(outcome));
  const told = await acs.waitForSession(
    (session) =>
      codes(session).includes("4 VALUE CHANGE") &&
      session.parameters.some(({ name, value }) => name.endsWith("ConnReqJabberID") && value === JID),
  );

  const startedAt = performance.now();
  assert.equal(await acs.xmppConnectionRequest(told.device), "result");
  const called = await acs.waitForSession((session) => codes(session).includes("6 CONNECTION REQUEST"));
  t.diagnostic(`from the request to the end of its session: ${Math.round(performance.now() - startedAt)} ms`);
  assert.equal(called.error, null);
  const wrong = { username: "acs", password: "wrong" };
  assert.equal(await acs.xmppConnectionRequest(told.device, wrong), "not-authorized");

  await prosody.kill();
  await prosody.start();
  const before = called.number;
  const again = acs.waitForSession(
    (session) => session.number > before && codes(session).includes("6 CONNECTION REQUEST"),
  );
  await untilResult(acs, told.device);
  assert.equal((await again).error, null);

  assert.equal(await running.end("SIGTERM"), 0);
  for (const secret of [PHONE_PASSWORD, "hush-cpe"]) {
    assert.ok(!running.log().includes(secret), "no secret in the log");
    assert.ok(!(await traceText(phone.traceFolder)).includes(secret), "no secret in a trace");
  }
});

/** Both sides come online again, each in its time. */
async function untilResult(acs: Acs, device: string): Promise<void> {
  const { setTimeout: sleep } = await import("node:timers/promises");
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await acs.xmppConnectionRequest(device).catch(() => "not online");
    if (answer === "result") return;
    await sleep(200);
  }
  assert.fail("the phone did not come back");
}
