import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createUdpConnectionRequests } from "../../../../src/connection-request/udp/listener.ts";
import type { Datagrams } from "../../../../src/ports/datagrams.ts";
import type { StateStore } from "../../../../src/ports/state-store.ts";
import { createSeededRandom } from "../../../../src/system/seeded-random.ts";
import {
  type AgentUnderTest,
  type AgentUnderTestOptions,
  createAgentUnderTest,
} from "../../../helpers/agent-under-test.ts";
import { createFakeNetwork, type FakeNat, type FakeNetwork } from "../../../helpers/fake-network.ts";
import { type FakeStunServer, startFakeStunServer } from "../../../helpers/fake-stun-server.ts";
import type { FakeTime } from "../../../helpers/fake-time.ts";
import { rpc, UNREACHABLE } from "../../../helpers/scripted-acs.ts";
import { udpRequest } from "../../../helpers/udp-request.ts";

const PREFIX = "Device.ManagementServer.";
const KEYS = "Config.TR069.ManagementServer.";
const STUN_ON = {
  [`${KEYS}STUNEnable`]: "1",
  [`${KEYS}STUNMinimumKeepAlivePeriod`]: "60",
  [`${KEYS}STUNMaximumKeepAlivePeriod`]: "60",
};

interface World {
  readonly under: AgentUnderTest;
  readonly network: FakeNetwork;
  readonly nat: FakeNat;
  readonly server: FakeStunServer;
  /** Sends to an address from the ACS's machine. */
  send(bytes: Uint8Array, to?: string): Promise<void>;
}

/** An agent behind a NAT; the STUN server runs beside the ACS, acs.example. */
async function world(
  keys: Readonly<Record<string, string>>,
  { always = false, ...more }: AgentUnderTestOptions & { readonly always?: boolean } = {},
): Promise<World> {
  const made: { time: FakeTime; network: FakeNetwork; phone: Datagrams; nat: FakeNat }[] = [];
  const under = createAgentUnderTest({
    ...more,
    keys,
    udp: (time, log) => {
      const network = createFakeNetwork(time);
      const nat = network.nat("203.0.113.5", { lifetimeMs: 120_000 });
      const phone = made[0]?.phone ?? network.machine("192.0.2.20", nat);
      made.push({ time, network, phone, nat });
      const random = createSeededRandom("udp");
      return createUdpConnectionRequests({
        datagrams: phone,
        address: null,
        port: 7547,
        always,
        padding: "rfc3489",
        rate: { count: 30, windowMs: 60_000 },
        ...time,
        random,
        log,
      });
    },
  });
  const [{ network, nat, time } = assert.fail()] = made;
  network.names.set("acs.example", "198.51.100.1");
  const server = await startFakeStunServer(network.machine("198.51.100.1"), time.clock);
  const acs = await network.machine("198.51.100.9").bind({ address: null, port: 0, onMessage: () => {} });
  return {
    under,
    network,
    nat,
    server,
    async send(bytes, to = "203.0.113.5:62000") {
      const [host = "", port = ""] = to.split(":");
      acs.send(bytes, { host, port: Number(port) });
      await time.advance(0);
    },
  };
}

async function started(...args: Parameters<typeof world>): Promise<World> {
  const made = await world(...args);
  await made.under.agent.start();
  await made.under.settle();
  return made;
}

async function values(under: AgentUnderTest): Promise<readonly string[]> {
  const parameterNames = ["NATDetected", "UDPConnectionRequestAddress"].map((name) => PREFIX + name);
  under.acs.plan({ rpcs: [rpc("GetParameterValues", { parameterNames })] });
  under.endpoints[0]?.requested();
  await under.settle();
  const [outcome] = under.acs.last.outcomes;
  assert.ok(outcome?.kind === "response" && "parameterList" in outcome.response);
  return outcome.response.parameterList.map((parameter) => ("value" in parameter ? parameter.value : ""));
}

function set(under: AgentUnderTest, settings: Readonly<Record<string, string>>): Promise<void> {
  const parameterList = Object.entries(settings).map(([name, value]) => ({ name: PREFIX + name, value, type: null }));
  under.acs.plan({ rpcs: [rpc("SetParameterValues", { parameterList, parameterKey: "" })] });
  under.endpoints[0]?.requested();
  return under.settle();
}

const events = (under: AgentUnderTest): readonly string[] =>
  under.acs.sessions.map(({ eventCodes }) => eventCodes.join());

describe("STUN as the parameters say", () => {
  test("C-230 C-237 C-238 the STUN server is the ACS's host, port 3478, unless set; the address found is told", async () => {
    const { under, network } = await started(STUN_ON);
    assert.deepEqual(network.sent[0]?.to, { host: "198.51.100.1", port: 3478 });
    assert.deepEqual(await values(under), ["true", "203.0.113.5:62000"]);
  });

  test("C-238 with STUN off the port is closed and the address empty", async () => {
    const { under, network, send } = await started({});
    assert.deepEqual(await values(under), ["false", ""]);
    await send(udpRequest({ ts: 1 }), "192.0.2.20:7547");
    assert.equal(network.sent.length, 1);
    assert.ok(!events(under).includes("6 CONNECTION REQUEST,6 CONNECTION REQUEST"));
    assert.equal(under.acs.sessions.length, 2);
  });

  test("C-238 where a UDP port is set it is open with STUN off too, at the phone's own address", async () => {
    const { under, send } = await started({}, { always: true });
    assert.deepEqual(await values(under), ["false", "192.0.2.20:7547"]);
    await send(udpRequest({ ts: 1 }), "192.0.2.20:7547");
    assert.equal(events(under).at(-1), "6 CONNECTION REQUEST");
    assert.equal(under.acs.sessions.length, 3);
  });

  test("C-238 not learned yet: empty", async () => {
    const made = await world(STUN_ON);
    made.server.ways.silent = true;
    await made.under.agent.start();
    await made.under.settle();
    assert.deepEqual(await values(made.under), ["false", ""]);
  });

  test("C-237 C-251 the ACS turns STUN on and off, and each change of a parameter begins anew", async () => {
    const { under, server, network } = await started({});
    await set(under, { STUNEnable: "1", STUNMinimumKeepAlivePeriod: "60", STUNMaximumKeepAlivePeriod: "60" });
    assert.deepEqual(await values(under), ["true", "203.0.113.5:62000"]);
    const before = server.seen.length;
    await set(under, { STUNUsername: "phone" });
    assert.equal(server.seen.length, before + 2, "a request, and one with BINDING-CHANGE");
    network.names.set("stun.example", "198.51.100.2");
    const other = await startFakeStunServer(network.machine("198.51.100.2"), under.time.clock);
    await set(under, { STUNServerAddress: "stun.example" });
    assert.equal(other.seen.length, 2);
    await set(under, { PeriodicInformInterval: "4000" });
    assert.equal(other.seen.length, 2, "what does not concern STUN does not");
    await set(under, { STUNEnable: "0" });
    assert.deepEqual(await values(under), ["false", ""]);
    await under.time.advance(3_600_000);
    assert.equal(other.seen.length, 2);
  });

  test("C-251 another LAN address begins anew", async () => {
    let address = "192.0.2.20";
    const key = "Status.Network.LAN.IPAddress";
    const { under, server } = await started(STUN_ON, {
      wrapBackend: (backend) => ({
        ...backend,
        read: async (keys) => {
          const values = await backend.read(keys);
          return keys.includes(key) ? new Map([...values, [key, address]]) : values;
        },
      }),
    });
    assert.equal(server.seen.length, 2);
    const before = address;
    address = "192.0.2.99";
    under.reportForeign([{ key, before, after: address }]);
    await under.settle();
    assert.equal(server.seen.length, 4);
  });

  test("STUN without any server named is told in the log, and costs nothing else", async () => {
    const { under } = await started({ ...STUN_ON, [`${KEYS}URL`]: "" });
    assert.match(under.log.text(), /neither STUNServerAddress nor the URL/);
  });

  test("a stopped phone sends nothing more", async () => {
    const { under, server } = await started(STUN_ON);
    await under.agent.stop();
    const before = server.seen.length;
    await under.time.advance(600_000);
    assert.equal(server.seen.length, before);
    assert.deepEqual(under.time.pendingTimers(), []);
  });
});

describe("what the ACS is told of the address", () => {
  const notify = (notification: number) =>
    rpc("SetParameterAttributes", {
      parameterList: [
        {
          name: `${PREFIX}UDPConnectionRequestAddress`,
          notificationChange: true,
          notification,
          accessListChange: false,
          accessList: [],
        },
      ],
    });

  test("C-225 C-236 with active notification a new address opens a session at once", async () => {
    const made = await world(STUN_ON);
    made.under.acs.plan({ rpcs: [notify(2)] });
    await made.under.agent.start();
    await made.under.settle();
    made.nat.forget();
    await made.under.time.advance(60_000);
    assert.equal(events(made.under).at(-1), "4 VALUE CHANGE");
    const told = made.under.acs.last.inform.parameterList.find(({ name }) =>
      name.endsWith("UDPConnectionRequestAddress"),
    );
    assert.equal(told?.value, "203.0.113.5:62001");
  });

  test("C-207 the limit holds further sessions for the address back, and the last address is told then", async () => {
    const made = await world({ ...STUN_ON, [`${KEYS}UDPConnectionRequestAddressNotificationLimit`]: "600" });
    made.under.acs.plan({ rpcs: [notify(2)] });
    await made.under.agent.start();
    await made.under.settle();
    for (let time = 0; time < 5; time++) {
      made.nat.forget();
      await made.under.time.advance(60_000);
    }
    const before = made.under.acs.sessions.length;
    await made.under.time.advance(600_000);
    assert.equal(events(made.under).filter((codes) => codes === "4 VALUE CHANGE").length, 2);
    assert.equal(made.under.acs.sessions.length, before + 1);
    assert.match(JSON.stringify(made.under.acs.last.inform.parameterList), /203\.0\.113\.5:62005/);
  });

  test("a restart that finds the same address is no value change", async () => {
    const made = await world(STUN_ON);
    made.under.acs.plan({ rpcs: [notify(2)] });
    await made.under.agent.start();
    await made.under.settle();
    const again = await made.under.restarted();
    await again.agent.start();
    await again.settle();
    assert.deepEqual(events(again), ["1 BOOT"]);
  });
});

describe("UDP connection requests", () => {
  test("C-248 three copies open one session, with 6 CONNECTION REQUEST", async () => {
    const { under, send } = await started(STUN_ON);
    const request = udpRequest({ ts: 1_700_000_000 });
    for (let copy = 0; copy < 3; copy++) await send(request);
    assert.deepEqual(events(under), ["0 BOOTSTRAP,1 BOOT", "6 CONNECTION REQUEST"]);
  });

  test("C-248 C-220 requests during a session lead to one session after it", async () => {
    const made = await started(STUN_ON);
    made.under.acs.plan({
      before: async (post) => {
        if (post !== 1) return;
        for (const ts of [11, 12, 13]) void made.send(udpRequest({ ts }));
        await new Promise<void>((resolve) => setImmediate(resolve));
      },
    });
    await made.send(udpRequest({ ts: 10 }));
    await made.under.settle();
    assert.deepEqual(events(made.under).slice(1), ["6 CONNECTION REQUEST", "6 CONNECTION REQUEST"]);
  });

  test("C-246 after a restart an old request is still an old request", async () => {
    const { under, send } = await started(STUN_ON);
    await send(udpRequest({ ts: 20 }));
    const again = await under.restarted();
    await again.agent.start();
    await again.settle();
    await send(udpRequest({ ts: 20 }));
    await send(udpRequest({ ts: 19, id: 5 }));
    assert.deepEqual(events(again), ["1 BOOT"]);
  });

  test("C-246 the mark is durable before the session begins; where it cannot be kept there is no session", async () => {
    let broken = false;
    const wrapState = (state: StateStore): StateStore => ({
      ...state,
      save: (document, value) =>
        broken && document.name === "udp-requests"
          ? Promise.reject(new Error("disk full"))
          : state.save(document, value),
    });
    const { under, send } = await started(STUN_ON, { wrapState });
    broken = true;
    await send(udpRequest({ ts: 30 }));
    await under.settle();
    assert.deepEqual(events(under), ["0 BOOTSTRAP,1 BOOT"]);
    assert.match(under.log.text(), /disk full/);
  });

  const AHEAD = Date.UTC(2040, 0) / 1000;
  const NOW = Date.UTC(2026, 5) / 1000;

  test("C-246 after a request of an ACS whose clock was far ahead the next session lets its later ones in again", async () => {
    const { under, send } = await started(STUN_ON);
    await send(udpRequest({ ts: AHEAD }));
    await send(udpRequest({ ts: NOW }));
    await send(udpRequest({ ts: AHEAD }));
    await under.settle();
    assert.deepEqual(events(under).slice(1), ["6 CONNECTION REQUEST", "6 CONNECTION REQUEST"], "and no replay");
    const again = await under.restarted();
    await again.agent.start();
    await again.settle();
    await send(udpRequest({ ts: AHEAD }));
    assert.deepEqual(events(again), ["1 BOOT"], "a replay");
    await send(udpRequest({ ts: NOW + 1 }));
    assert.deepEqual(events(again).slice(-1), ["6 CONNECTION REQUEST"]);
  });

  test("C-246 a session that fails leaves the mark where it is", async () => {
    const { under, send } = await started(STUN_ON);
    under.acs.plan(UNREACHABLE);
    await send(udpRequest({ ts: AHEAD }));
    const { length } = under.acs.sessions;
    await send(udpRequest({ ts: NOW }));
    assert.equal(under.acs.sessions.length, length);
  });

  for (const [what, boot, later] of [
    ["starts in 1970 and is set right", "1970-01-01T00:00:00Z", "2026-06-01T00:00:00Z"],
    ["starts in 1970 and is never set", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"],
    ["jumps a year forwards", "2026-06-01T00:00:00Z", "2027-06-01T00:00:00Z"],
    ["jumps a year back", "2026-06-01T00:00:00Z", "2025-06-01T00:00:00Z"],
    ["falls back to 1970", "2026-06-01T00:00:00Z", "1970-01-01T00:00:00Z"],
  ] as const) {
    for (const cut of [false, true]) {
      test(`C-246 a clock that ${what}${cut ? " after a power cut" : ""} lets every new request in, and no old one`, async () => {
        const { under, send } = await started(STUN_ON, { now: Date.parse(boot) });
        await send(udpRequest({ ts: NOW }));
        const now = cut ? await under.restarted() : under;
        now.time.setWallClock(Date.parse(later));
        if (cut) await now.agent.start();
        await now.settle();
        const before = now.acs.sessions.length;
        await send(udpRequest({ ts: NOW }));
        assert.equal(now.acs.sessions.length, before, "a replay");
        await send(udpRequest({ ts: NOW + 60 }));
        assert.equal(now.acs.sessions.length, before + 1);
        await send(udpRequest({ ts: NOW + 60 }));
        await send(udpRequest({ ts: NOW }));
        assert.equal(now.acs.sessions.length, before + 1, "replays");
        await send(udpRequest({ ts: NOW + 120 }));
        assert.equal(now.acs.sessions.length, before + 2);
      });
    }
  }

  test("C-247 nothing is ever answered, and what is refused changes nothing", async () => {
    const { under, network, send } = await started(STUN_ON);
    const before = network.sent.length;
    const good = udpRequest({ ts: 40 });
    const bad = [
      udpRequest({ ts: 41, password: "wrong" }),
      udpRequest({ ts: 41, username: "other" }),
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      Buffer.from("OPTIONS sip:phone SIP/2.0\r\n\r\n"),
      Buffer.alloc(0),
      Buffer.alloc(1400, "G"),
    ];
    for (const bytes of bad) await send(bytes);
    assert.deepEqual(events(under), ["0 BOOTSTRAP,1 BOOT"]);
    await send(good);
    assert.deepEqual(events(under).slice(1), ["6 CONNECTION REQUEST"]);
    assert.equal(network.sent.length - before, bad.length + 1, "the ACS's own datagrams and no other");
  });

  test("C-216 new credentials count at once", async () => {
    const { under, send } = await started(STUN_ON);
    await set(under, { ConnectionRequestPassword: "fresh" });
    const before = under.acs.sessions.length;
    await send(udpRequest({ ts: 50 }));
    assert.equal(under.acs.sessions.length, before);
    await send(udpRequest({ ts: 50, password: "fresh" }));
    assert.equal(under.acs.sessions.length, before + 1);
  });

  test("C-249 above 30 accepted requests in a minute the rest is dropped, and may come again later", async () => {
    const { under, send } = await started(STUN_ON);
    for (let ts = 1; ts <= 40; ts++) await send(udpRequest({ ts }));
    assert.equal(under.acs.sessions.length, 1 + 30);
    await under.time.advance(60_000);
    await send(udpRequest({ ts: 31 }));
    assert.equal(under.acs.sessions.length, 1 + 31);
  });

  test("C-223 a request is not retried with a failed session", async () => {
    const { under, send } = await started(STUN_ON);
    under.acs.plan(UNREACHABLE);
    await send(udpRequest({ ts: 60 }));
    await under.time.advance(30_000);
    assert.deepEqual(
      under.acs.sessions.slice(2).map(({ eventCodes }) => eventCodes),
      [["2 PERIODIC"]],
    );
  });

  test("C-281 no secret in the log", async () => {
    const { under, send } = await started({
      ...STUN_ON,
      [`${KEYS}STUNUsername`]: "phone",
      [`${KEYS}STUNPassword`]: "hush",
    });
    await send(udpRequest({ ts: 70 }));
    await send(udpRequest({ ts: 71, password: "wrong" }));
    assert.doesNotMatch(under.log.text(), /hush|knock|secret/);
  });
});
