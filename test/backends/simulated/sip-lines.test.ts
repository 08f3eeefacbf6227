import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createSimulatedEnvironment } from "../../../src/backends/simulated/environment.ts";
import type { SimulatedBackendOptions } from "../../../src/backends/simulated/simulated-backend.ts";
import { accountSetting } from "../../../src/backends/simulated/sip-account.ts";
import { sipLinesBehaviour } from "../../../src/backends/simulated/sip-lines.ts";
import { createFakeSip, scriptedServer } from "../../helpers/fake-sip.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";
import { simulatedInMemory } from "../test-phone.ts";

const STATE = "Status.Account1.Line.State";
const REASON = "Status.Account1.Line.Reason";
const ACCOUNT = {
  "Config.Account1.GENERAL.Enable": "1",
  "Config.Account1.GENERAL.UserName": "1001",
  "Config.Account1.SIP.Server": "192.0.2.1",
};
const HABITS = { answerAfterMs: 2_000, voice: "silence" } as const;
const PASSWORD = "Config.Account1.GENERAL.Pwd";

/** A phone whose lines speak SIP in a world without sockets. */
async function phoneWith(t: TestContext, more: Partial<SimulatedBackendOptions> = {}) {
  const sip = createFakeSip();
  const log = createMemoryLogger();
  const phone = await simulatedInMemory({
    ...{ clock: sip.time.clock, scheduler: sip.time.scheduler, log },
    lines: (version) =>
      sipLinesBehaviour({
        stack: sip.stack,
        accounts: 2,
        habits: HABITS,
        userAgent: () => `Akuvox SP-R53P ${version()}`,
      }),
    ...more,
  });
  await phone.start();
  t.after(() => phone.backend.stop());
  const states = (): unknown[] => phone.reported.filter(({ key }) => key === STATE).map(({ after }) => after);
  const set = async (values: Readonly<Record<string, string>>): Promise<void> => {
    await (await phone.backend.stage(new Map(Object.entries(values)))).apply();
    await sip.time.advance(0);
  };
  return { ...phone, sip, states, set, log };
}

/** Takes a phone whose password is "right", and says 403 to others. */
const registrar = scriptedServer((request) => {
  const { headers } = request;
  const authorization = headers.find(({ name }) => name === "Authorization")?.value;
  if (authorization === undefined) return [401, { "WWW-Authenticate": 'Digest realm="pbx", nonce="n"' }];
  return authorization.includes('username="right"') ? [200] : [403];
});

test("an account that the ACS sets registers, and each step is reported as a change of the line", async (t) => {
  const { sip, set, states, read } = await phoneWith(t);
  sip.servers.set("192.0.2.1:5060", registrar);
  assert.equal(await read(STATE), "Disabled");
  await set({ ...ACCOUNT, [PASSWORD]: "secret", "Config.Account1.GENERAL.AuthName": "right" });
  assert.deepEqual(states(), ["Registering", "Up"]);
  assert.match(sip.sent[0]?.text ?? "", /\r\nUser-Agent: Akuvox SP-R53P 53\.0\.6\.45\r\n/);
});

test("a line that is refused says why, and comes up at once with the right settings", async (t) => {
  const { sip, set, states, read, log } = await phoneWith(t);
  sip.servers.set("192.0.2.1:5060", registrar);
  await set({ ...ACCOUNT, [PASSWORD]: "hunter2" });
  assert.equal(await read(STATE), "Error");
  assert.equal(await read(REASON), "192.0.2.1:5060: 403 Forbidden");
  await set({ "Config.Account1.GENERAL.AuthName": "right" });
  assert.deepEqual(states(), ["Registering", "Error", "Registering", "Up"]);
  assert.equal(await read(REASON), "");
  assert.ok(!log.text().includes("hunter2"));
});

for (const [what, missing, reason] of [
  ["server", "Config.Account1.SIP.Server", "no SIP server is set"],
  ["user name", "Config.Account1.GENERAL.UserName", "no user name is set"],
] as const) {
  test(`an account that is on without a ${what} is in error, and asks nobody`, async (t) => {
    const { sip, set, read } = await phoneWith(t);
    await set({ ...ACCOUNT, [missing]: "" });
    assert.deepEqual([await read(STATE), await read(REASON)], ["Error", reason]);
    assert.deepEqual(sip.sent, []);
  });
}

test("a label is no reason to register anew", async (t) => {
  const { sip, set } = await phoneWith(t);
  sip.servers.set(
    "192.0.2.1:5060",
    scriptedServer(() => [200]),
  );
  await set(ACCOUNT);
  await set({ "Config.Account1.GENERAL.Label": "hall" });
  assert.equal(sip.sent.length, 1);
  await set({ "Config.Account1.GENERAL.DisplayName": "Hall" });
  assert.equal(sip.sent.length, 3, "the old registration is ended, and a new one made");
});

test("an account that is turned off unregisters, and is disabled when the registrar has heard of it", async (t) => {
  const { sip, set, states } = await phoneWith(t);
  sip.servers.set(
    "192.0.2.1:5060",
    scriptedServer(() => [200]),
  );
  await set(ACCOUNT);
  await set({ "Config.Account1.GENERAL.Enable": "0" });
  assert.deepEqual(states(), ["Registering", "Up", "Unregistering", "Disabled"]);
  assert.match(sip.sent.at(-1)?.text ?? "", /\r\nExpires: 0\r\n/);
});

for (const [what, leave] of [
  ["is turned off", async ({ set }) => set({ "Config.Account1.GENERAL.Enable": "0" })],
  ["is changed", async ({ set }) => set({ "Config.Account1.GENERAL.DisplayName": "Hall" })],
  ["is on a phone that restarts", async ({ backend }) => void backend.reboot("")],
  ["is on a phone that stops", async ({ backend }) => backend.stop()],
] satisfies readonly [string, (phone: Awaited<ReturnType<typeof phoneWith>>) => Promise<unknown>][]) {
  test(`an account that ${what} while its registrar thinks is taken off again`, async (t) => {
    const phone = await phoneWith(t, { rebootMs: 60_000 });
    const { sip, set, states } = phone;
    const bound = new Set<string>();
    sip.servers.set("192.0.2.1:5060", (bytes, back) => {
      const text = Buffer.from(bytes).toString();
      sip.time.scheduler.after(200, "slow server", () => {
        const contact = /;line=([0-9a-f]+)/.exec(text)?.[1] ?? "";
        if (text.includes("Expires: 0")) bound.delete(contact);
        else bound.add(contact);
        scriptedServer(() => [200])(bytes, back);
      });
    });
    await set(ACCOUNT);
    await leave(phone);
    await sip.time.advance(10_000);
    assert.equal(bound.size, what === "is changed" ? 1 : 0);
    if (what === "is turned off") assert.deepEqual(states(), ["Registering", "Unregistering", "Disabled"]);
  });
}

test("a reboot unregisters before it and registers after it; a power cut says nothing", async (t) => {
  const environment = createSimulatedEnvironment();
  const { sip, set, backend, read } = await phoneWith(t, { environment, rebootMs: 5_000 });
  sip.servers.set(
    "192.0.2.1:5060",
    scriptedServer(() => [200]),
  );
  const expires = (): unknown[] => sip.sent.map(({ text }) => /\r\nExpires: (\d+)/.exec(text)?.[1]);
  await set(ACCOUNT);
  const rebooted = backend.reboot("");
  assert.equal(await read(STATE), "Initializing");
  await sip.time.runUntil(rebooted);
  await sip.time.advance(0);
  assert.deepEqual(expires(), ["1800", "0", "1800"]);
  environment.onPowerCut(async () => void backend.reboot(""));
  environment.cutPower(10_000);
  await sip.time.advance(20_000);
  assert.deepEqual(expires(), ["1800", "0", "1800", "1800"]);
});

test("without its cable the line is in error, and registers when the network is back", async (t) => {
  const environment = createSimulatedEnvironment();
  const { sip, set, read } = await phoneWith(t, { environment });
  sip.servers.set(
    "192.0.2.1:5060",
    scriptedServer(() => [200]),
  );
  await set(ACCOUNT);
  environment.setCable(false);
  await sip.time.advance(0);
  assert.deepEqual([await read(STATE), await read(REASON)], ["Error", "the phone has no network"]);
  environment.setCable(true);
  await sip.time.advance(0);
  assert.equal(await read(STATE), "Up");
});

test("VoiceProfile Reset registers anew", async (t) => {
  const { sip, set } = await phoneWith(t);
  sip.servers.set(
    "192.0.2.1:5060",
    scriptedServer(() => [200]),
  );
  await set(ACCOUNT);
  await set({ "Action.Account1.Line.Reset": "1" });
  assert.deepEqual(
    sip.sent.map(({ text }) => /\r\nExpires: (\d+)/.exec(text)?.[1]),
    ["1800", "0", "1800"],
  );
});

test("the phone's settings are read as the phone has them", () => {
  const account = (settings: Readonly<Record<string, string>>) => {
    const all = {
      ...ACCOUNT,
      ...Object.fromEntries(Object.entries(settings).map(([k, v]) => [`Config.Account1.${k}`, v])),
    };
    const read = accountSetting((key) => (all as Record<string, string>)[key], 1, "Akuvox");
    return read.kind === "on" ? read.account : null;
  };
  assert.deepEqual(account({})?.servers, [{ host: "192.0.2.1", port: 5060, protocol: "UDP" }]);
  assert.deepEqual(
    account({ "SIP.TransType": "2", "SIP.Port": "5061", "SIP.Server2": "[2001:db8::1]", "SIP.Port2": "x" })?.servers,
    [
      { host: "192.0.2.1", port: 5061, protocol: "TLS" },
      { host: "2001:db8::1", port: 5060, protocol: "TLS" },
    ],
  );
  assert.deepEqual(account({ "SIP.TransType": "3" })?.servers, [{ host: "192.0.2.1", port: null, protocol: null }]);
  assert.equal(account({ "OUTPROXY.Server": "proxy" })?.proxy, null);
  assert.deepEqual(account({ "OUTPROXY.Enable": "1", "OUTPROXY.Server": "proxy", "OUTPROXY.Port": "5070" })?.proxy, {
    ...{ host: "proxy", port: 5070, protocol: "UDP" },
  });
  assert.deepEqual([account({})?.keepAliveSeconds, account({ "NAT.UdpKeepEnable": "0" })?.keepAliveSeconds], [30, 0]);
  assert.equal(account({ "REG.Timeout": "0" })?.expiresSeconds, 1_800);
  assert.equal(account({ "GENERAL.UserAgent": "own" })?.userAgent, "own");
  assert.equal(account({ "GENERAL.Enable": "0" }), null);
});
