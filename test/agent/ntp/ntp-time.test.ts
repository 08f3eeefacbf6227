import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { askServer } from "../../../src/agent/ntp/ask-server.ts";
import { offsetText } from "../../../src/ladder/offset-text.ts";
import { createDatagrams } from "../../../src/net/datagrams.ts";
import type { DatagramSocket, InternetAddress } from "../../../src/ports/datagrams.ts";
import { createSystemClock } from "../../../src/system/clock.ts";
import { createScheduler } from "../../../src/system/scheduler.ts";
import { createSystemRandom } from "../../../src/system/system-random.ts";
import { type AgentUnderTest, createAgentUnderTest } from "../../helpers/agent-under-test.ts";
import { createFakeNetwork, type FakeNetwork } from "../../helpers/fake-network.ts";
import type { FakeTime } from "../../helpers/fake-time.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";
import { sntpReply } from "../../helpers/sntp-reply.ts";

const KEY = "Config.Settings.SNTP.NTPServer";
const PATH = "Device.Time.NTPServer";
const NOON = Date.UTC(2026, 5, 1, 12);
const MINUTE = 60_000;
const HOUR = 3_600_000;
const A = { host: "192.0.2.1", port: 123 };
const B = { host: "192.0.2.2", port: 123 };

/** What a server answers to a request with this mark; null: nothing. */
type Answer = (origin: Uint8Array, server: Server) => Uint8Array | null;

interface Server {
  /** When it was asked, monotonic. */
  readonly askedMs: number[];
  readonly socket: DatagramSocket;
  answer: Answer;
}

interface Fixture {
  readonly under: AgentUnderTest;
  readonly network: FakeNetwork;
  readonly a: Server;
  readonly b: Server;
}

const TRUE: Answer = (origin) => sntpReply(origin, { receivedAt: NOON, sentAt: NOON });
const SILENT: Answer = () => null;

async function fixture(keys: Readonly<Record<string, string>> = {}, now = NOON - 2500): Promise<Fixture> {
  let network: FakeNetwork | undefined;
  const ntp = (time: FakeTime) => {
    network = createFakeNetwork(time);
    return network.machine("192.0.2.20");
  };
  const own = { [`${KEY}1`]: "a.ntp.example", [`${KEY}2`]: "b.ntp.example", ...keys };
  const under = createAgentUnderTest({ ntp, now, inMemory: true, keys: own });
  assert.ok(network !== undefined);
  network.names.set("a.ntp.example", A.host).set("b.ntp.example", B.host);
  const [a, b] = [await serverAt(A, network, under.time), await serverAt(B, network, under.time)];
  await under.agent.start();
  await under.settle();
  return { under, network, a, b };
}

async function serverAt({ host, port }: InternetAddress, network: FakeNetwork, time: FakeTime): Promise<Server> {
  const onMessage = (bytes: Uint8Array, from: InternetAddress): void => {
    server.askedMs.push(time.clock.monotonic());
    const answer = server.answer(bytes.subarray(40, 48), server);
    if (answer !== null) server.socket.send(answer, from);
  };
  const socket = await network.machine(host).bind({ address: null, port, onMessage });
  const server: Server = { askedMs: [], socket, answer: TRUE };
  return server;
}

async function statusOf({ under }: Fixture) {
  const { ntp } = await under.agent.local.status();
  assert.ok(ntp !== null);
  return ntp;
}

describe("the time of the phone's time servers", () => {
  test("is shown as an offset, to the clock as it is now, and no clock is set", async () => {
    const all = await fixture();
    const { under, a, b } = all;
    const startedMs = under.time.clock.monotonic();
    assert.deepEqual(await statusOf(all), {
      ...{ server: "", offsetMs: null, roundTripMs: null, stratum: null, problem: null },
    });
    // The server's clock stands still at noon, so the offset tells when it was asked.
    await under.time.advance(MINUTE);
    const [askedMs = Number.NaN] = a.askedMs;
    const offset = 2500 - (askedMs - startedMs);
    assert.deepEqual(await statusOf(all), {
      ...{ server: "a.ntp.example", offsetMs: Math.round(offset), roundTripMs: 0, stratum: 2, problem: null },
    });
    under.time.setWallClock(under.time.clock.now() + HOUR);
    assert.equal((await statusOf(all)).offsetMs, Math.round(offset) - HOUR, "a clock that is set shows at once");
    assert.deepEqual(b.askedMs, []);
    assert.deepEqual(under.log.at("warn"), []);
  });

  test("is not asked for unless the settings say so", async () => {
    const { agent, time } = createAgentUnderTest({ inMemory: true });
    await agent.start();
    await time.advance(HOUR);
    assert.equal((await agent.local.status()).ntp, null);
  });

  test("is right with a clock in 1970 and one behind 2036", async () => {
    for (const [now, told] of [
      [0, NOON],
      [NOON, Date.UTC(2040, 0, 1)],
    ] as const) {
      const all = await fixture({}, now);
      all.a.answer = (origin) => sntpReply(origin, { receivedAt: told, sentAt: told });
      await all.under.time.advance(MINUTE);
      const { offsetMs } = await statusOf(all);
      assert.ok(offsetMs !== null && Math.abs(offsetMs - (told - now)) <= MINUTE, `${offsetMs}`);
    }
  });

  for (const [what, answer, words, waits] of [
    ["does not answer", SILENT, /a\.ntp\.example: no answer within 5 s/, true],
    ["repeats another mark", () => TRUE(new Uint8Array(8), {} as Server), /no answer/, true],
    [
      "cuts its answer short",
      (origin) => sntpReply(origin, { receivedAt: NOON, sentAt: NOON }).subarray(0, 40),
      /no answer/,
      true,
    ],
    [
      "is not synchronized",
      (origin) => sntpReply(origin, { receivedAt: NOON, sentAt: NOON, leap: 3 }),
      /not synchronized/,
      false,
    ],
    [
      "speaks another version",
      (origin) => sntpReply(origin, { receivedAt: NOON, sentAt: NOON, version: 1 }),
      /version 1/,
      false,
    ],
    [
      "answers before it was asked",
      (origin) => sntpReply(origin, { receivedAt: NOON, sentAt: NOON - 1 }),
      /contradict/,
      false,
    ],
    [
      "takes longer than it took",
      (origin) => sntpReply(origin, { receivedAt: NOON, sentAt: NOON + HOUR }),
      /contradict/,
      false,
    ],
  ] as const satisfies readonly (readonly [string, Answer, RegExp, boolean])[]) {
    test(`comes from the second server where the first one ${what}, which is said once`, async () => {
      const all = await fixture();
      all.a.answer = answer;
      await all.under.time.advance(MINUTE + 10_000);
      const { server, problem } = await statusOf(all);
      assert.equal(server, "b.ntp.example");
      assert.match(problem ?? "", words);
      assert.equal((all.b.askedMs[0] ?? 0) - (all.a.askedMs[0] ?? 0), waits ? 5000 : 0);
      await all.under.time.advance(10 * HOUR);
      assert.equal(all.under.log.at("warn").length, 1);
      all.a.answer = TRUE;
      await all.under.time.advance(2 * HOUR);
      assert.deepEqual([(await statusOf(all)).server, (await statusOf(all)).problem], ["a.ntp.example", null]);
    });
  }

  test("is not taken from another address, and the right answer behind a forged one still counts", async () => {
    const all = await fixture();
    const { a, b, network } = all;
    const stranger = await network.machine("203.0.113.9").bind({ address: null, port: 123, onMessage: () => {} });
    const other = await network.machine(A.host).bind({ address: null, port: 124, onMessage: () => {} });
    a.answer = (origin, { socket }) => {
      const to = network.sent.at(-1)?.from ?? A;
      const lie = sntpReply(origin, { receivedAt: 0, sentAt: 0, stratum: 1 });
      for (const liar of [stranger, other]) liar.send(lie, to);
      socket.send(sntpReply(new Uint8Array(8), { receivedAt: 0, sentAt: 0, kiss: "DENY" }), to);
      return TRUE(origin, a);
    };
    await all.under.time.advance(MINUTE);
    assert.deepEqual([(await statusOf(all)).stratum, (await statusOf(all)).problem], [2, null]);
    assert.deepEqual(b.askedMs, []);
  });

  test("a name that is not known is said, with the name; no server at all too", async () => {
    const all = await fixture({ [`${KEY}1`]: "nowhere.example", [`${KEY}2`]: "" });
    await all.under.time.advance(MINUTE);
    assert.equal((await statusOf(all)).problem, "nowhere.example: the name nowhere.example is not known");
    const none = await fixture({ [`${KEY}1`]: "", [`${KEY}2`]: "" });
    await none.under.time.advance(MINUTE);
    assert.equal((await statusOf(none)).problem, "no time server is set");
  });

  test("a server that refuses (DENY, RSTR) is not asked again while it is set; RATE makes it rest ever longer", async () => {
    for (const kiss of ["DENY", "RSTR"]) {
      const all = await fixture();
      all.a.answer = (origin) => sntpReply(origin, { receivedAt: NOON, sentAt: NOON, kiss });
      await all.under.time.advance(100 * HOUR);
      assert.equal(all.a.askedMs.length, 1);
      assert.ok(all.b.askedMs.length > 80, "the other one is asked instead");
    }
    const all = await fixture({ [`${KEY}2`]: "" });
    all.a.answer = (origin) => sntpReply(origin, { receivedAt: NOON, sentAt: NOON, kiss: "RATE" });
    await all.under.time.advance(40 * HOUR);
    const waits = all.a.askedMs.slice(1).map((at, index) => at - (all.a.askedMs[index] ?? 0));
    assert.equal(waits.length, 4);
    for (const [index, wait] of waits.entries()) assert.ok(wait >= 2 ** (index + 1) * HOUR, `${waits}`);
  });

  test("is asked for about once an hour, and after failures ever less often, never in step", async () => {
    const all = await fixture({ [`${KEY}2`]: "" });
    await all.under.time.advance(48 * HOUR);
    const waits = all.a.askedMs.slice(1).map((at, index) => at - (all.a.askedMs[index] ?? 0));
    assert.ok(waits.length > 40 && waits.every((wait) => wait >= 0.9 * HOUR && wait <= 1.1 * HOUR));
    assert.ok(new Set(waits).size > 10);
    const failing = await fixture({ [`${KEY}2`]: "" });
    failing.a.answer = SILENT;
    await failing.under.time.advance(48 * HOUR);
    const retries = failing.a.askedMs.slice(1).map((at, index) => at - (failing.a.askedMs[index] ?? 0));
    const inRange = (wait = 0, minutes = 0): boolean => wait >= 54_000 * minutes && wait <= 66_000 * minutes + 5000;
    for (const [index, minutes] of [1, 2, 4, 8, 16, 32, 60, 60].entries())
      assert.ok(inRange(retries[index], minutes), `${retries}`);
  });

  test("other servers are asked at once, what the old ones said is forgotten, and a flood of settings asks nobody more often", async () => {
    const all = await fixture({ [`${KEY}2`]: "" });
    const { under, a, b } = all;
    await under.time.advance(2 * MINUTE);
    await under.agent.local.setValues(new Map([[`${PATH}1`, "192.0.2.2:123"]]));
    assert.equal((await statusOf(all)).server, "");
    await under.settle();
    assert.equal((await statusOf(all)).server, "192.0.2.2:123");
    for (let second = 0; second < 60; second++) {
      await under.agent.local.setValues(new Map([[`${PATH}1`, second % 2 === 0 ? "a.ntp.example" : "b.ntp.example"]]));
      await under.time.advance(1000);
    }
    assert.ok(a.askedMs.length + b.askedMs.length <= 2 + 4, `${a.askedMs.length} ${b.askedMs.length}`);
  });

  test("stopping ends a look that waits for an answer, and nothing is asked any more", async () => {
    const all = await fixture();
    const { under, a, b } = all;
    a.answer = SILENT;
    while (a.askedMs.length === 0) await under.time.advance(1000);
    await under.agent.stop();
    await under.time.advance(24 * HOUR);
    assert.deepEqual([a.askedMs.length, b.askedMs.length], [1, 0]);
    assert.deepEqual(under.time.pendingTimers(), []);
  });
});

test("over real UDP: a server on the loopback is asked and answers", async (t) => {
  const ahead = 86_400_000;
  const server = createSocket("udp4");
  server.on("message", (bytes, from) => {
    const now = Date.now() + ahead;
    server.send(sntpReply(bytes.subarray(40, 48), { receivedAt: now, sentAt: now }), from.port, from.address);
  });
  await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const clock = createSystemClock();
  const scheduler = createScheduler(clock, () => {});
  const datagrams = createDatagrams(createMemoryLogger());
  const ports = { clock, scheduler, random: createSystemRandom() };
  const { port } = server.address() as AddressInfo;
  const told = await askServer(`127.0.0.1:${port}`, datagrams, ports, new AbortController().signal);
  assert.ok(told.kind === "time");
  const offsetMs = told.aheadOfMonotonicMs + clock.monotonic() - clock.now();
  assert.ok(Math.abs(offsetMs - ahead) < ahead / 2, `${offsetMs}`);
  assert.ok(told.roundTripMs >= 0);
});

test("how far off the clock is reads as a person would say it", () => {
  const text = (offsetMs: number) => offsetText({ server: "ntp.example", offsetMs });
  assert.equal(text(0), "0 ms behind ntp.example");
  assert.equal(text(-999), "999 ms ahead of ntp.example");
  assert.equal(text(90_000), "90.0 s behind ntp.example");
  assert.equal(text(-5_400_000), "90.0 min ahead of ntp.example");
  assert.equal(text(56 * 365.25 * 86_400_000), "20454.0 days behind ntp.example");
});
