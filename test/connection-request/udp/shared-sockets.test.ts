import assert from "node:assert/strict";
import { test } from "node:test";
import { createUdpConnectionRequests } from "../../../src/connection-request/udp/listener.ts";
import type { UdpBinding, UdpListener } from "../../../src/ports/udp-connection-requests.ts";
import { acceptedRequests } from "../../helpers/accepted-requests.ts";
import { createFakeNetwork } from "../../helpers/fake-network.ts";
import { startFakeStunServer } from "../../helpers/fake-stun-server.ts";
import { createFakeTime } from "../../helpers/fake-time.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";
import { udpRequest } from "../../helpers/udp-request.ts";
import { STUN } from "../binding/fixture.ts";

const RATE = { count: 3, windowMs: 60_000 };

/** Phones behind one NAT that share two sockets; `heard` are the numbers of the phones whose requests were accepted, in order. */
async function sharing(names: readonly { readonly username: string; readonly password: string }[], port = 0) {
  const time = createFakeTime();
  const network = createFakeNetwork(time);
  network.names.set("stun.example", "198.51.100.1");
  const server = await startFakeStunServer(network.machine("198.51.100.1"), time.clock);
  const machine = network.machine("192.168.1.20", network.nat("203.0.113.5", { lifetimeMs: 120_000 }));
  const log = createMemoryLogger();
  const opened: number[] = [];
  const broken: string[] = [];
  const closed: number[] = [];
  const results: string[] = [];
  const requests = createUdpConnectionRequests({
    datagrams: {
      async bind(options) {
        if (broken.length > 0) throw new Error(broken.pop());
        const socket = await machine.bind(options);
        opened.push(socket.local.port);
        const close = async (): Promise<void> => {
          closed.push(socket.local.port);
          await socket.close();
        };
        return Object.assign(Object.create(socket), { local: socket.local, close }) as typeof socket;
      },
    },
    ...{ address: null, port, sockets: 2, always: false, padding: "rfc3489", rate: RATE },
    ...{ ...time, random: seededRandom(), log },
    meter: { connectionRequest: (_by, result) => void results.push(result) },
  });
  const heard: number[] = [];
  const bindings: UdpBinding[][] = names.map(() => []);
  const listeners: UdpListener[] = [];
  for (const [at, credentials] of names.entries()) {
    const listener = await requests.listen({
      credentials: () => credentials,
      ...acceptedRequests(() => void heard.push(at)),
      bound: (binding) => void bindings[at]?.push(binding),
    });
    listeners.push(listener);
  }
  const acs = await network.machine("198.51.100.9").bind({ address: null, port: 0, onMessage: assert.fail });
  return {
    ...{ time, network, server, log, opened, closed, results, requests, heard, bindings, listeners, broken },
    async send(at: number, bytes: Uint8Array): Promise<void> {
      acs.send(bytes, bindings[at]?.at(-1)?.address ?? assert.fail(`phone ${at} has no binding`));
      await time.advance(0);
    },
    async stun(): Promise<void> {
      for (const listener of listeners) listener.useStun({ ...STUN, maximumSeconds: null });
      await time.advance(0);
    },
  };
}

const login = (at: number) => ({ username: `cpe-${at}`, password: `hush-${at}` });
const SIX = [0, 1, 2, 3, 4, 5].map(login);

test("C-230 six phones on two sockets: each learns the address of its socket, and each request reaches the phone that it names", async () => {
  const { send, stun, heard, bindings, opened, listeners, closed, log } = await sharing(SIX);
  assert.equal(opened.length, 2);
  await stun();
  const addresses = bindings.map((of) => of.at(-1)?.address.port);
  assert.equal(new Set(addresses).size, 2, addresses.join());
  assert.deepEqual(
    addresses,
    [0, 1, 0, 1, 0, 1].map((at) => addresses[at]),
  );
  assert.ok(bindings.every((of) => of.length === 1 && of[0]?.natDetected === true));
  for (const at of [4, 0, 5, 3]) await send(at, udpRequest({ ts: 10, ...login(at) }));
  assert.deepEqual(heard, [4, 0, 5, 3]);
  // Copies, another phone's socket, another one's password, nobody's name.
  await send(4, udpRequest({ ts: 10, ...login(4) }));
  await send(1, udpRequest({ ts: 11, ...login(4) }));
  await send(2, udpRequest({ ts: 11, username: "cpe-2", password: "hush-4" }));
  await send(2, udpRequest({ ts: 11, username: "acs", password: "hush-4" }));
  await send(2, udpRequest({ ts: 9, ...login(4) }));
  assert.deepEqual(heard, [4, 0, 5, 3]);
  assert.match(log.text(), /was refused: wrong credentials/);

  for (const listener of listeners.slice(0, 5)) await listener.close();
  assert.deepEqual(closed, [opened[0]], "the last phone's socket stays");
  await send(5, udpRequest({ ts: 12, ...login(5) }));
  assert.deepEqual(heard, [4, 0, 5, 3, 5]);
  await listeners[5]?.close();
  assert.deepEqual(closed.length, 2);
});

test("phones with one user name are told apart by their passwords, and one that has no password takes nothing", async () => {
  const names = ["one", "two", "three", ""].flatMap((password) => [
    { username: "acs", password },
    { username: "other", password: "x" },
  ]);
  const { send, stun, heard } = await sharing(names);
  await stun();
  await send(0, udpRequest({ ts: 1, username: "acs", password: "three" }));
  await send(0, udpRequest({ ts: 1, username: "acs", password: "two" }));
  await send(0, udpRequest({ ts: 1, username: "acs", password: "" }));
  assert.deepEqual(heard, [4, 2]);
});

test("C-248 of phones with one and the same login the first takes a request, and its copies wake no other", async () => {
  const { send, stun, heard } = await sharing([login(1), login(9), login(1), login(9)]);
  await stun();
  for (let copy = 0; copy < 4; copy++) await send(0, udpRequest({ ts: 5, ...login(1) }));
  assert.deepEqual(heard, [0]);
});

test("each phone of a shared socket has a rate of its own", async () => {
  const { send, stun, heard, results } = await sharing(SIX);
  await stun();
  for (let ts = 1; ts <= 5; ts++) await send(0, udpRequest({ ts, ...login(0) }));
  await send(0, udpRequest({ ts: 1, ...login(2) }));
  assert.deepEqual(heard, [0, 0, 0, 2]);
  assert.deepEqual(
    [results.filter((one) => one === "accepted").length, results.filter((one) => one === "limited").length],
    [4, 2],
  );
});

test("a shared socket's binding is kept every 30 s, and no further socket is opened to measure how long it would last", async () => {
  const { time, stun, server, opened } = await sharing(SIX);
  await stun();
  const before = server.marked.length;
  await time.advance(300_000);
  assert.equal(server.marked.length - before, 6 * 10);
  assert.equal(opened.length, 2);
});

test("with a stated port the sockets have it and those after it; where one cannot be had the next phone tries again", async () => {
  const { opened, listeners, requests, closed, broken } = await sharing(SIX.slice(0, 2), 7547);
  assert.deepEqual(opened, [7547, 7548]);
  await Promise.all(listeners.map((listener) => listener.close()));
  assert.deepEqual(closed.toSorted(), [7547, 7548]);
  const endpoint = { credentials: () => login(1), ...acceptedRequests(), bound: () => {} };
  broken.push("the port is in use");
  await assert.rejects(requests.listen(endpoint), /in use/);
  const again = await requests.listen(endpoint);
  assert.deepEqual(opened, [7547, 7548, 7547]);
  await again.close();
});

test("a phone that comes while the last one leaves gets a socket of its own", async () => {
  const { requests, listeners, opened, closed } = await sharing(SIX.slice(0, 1), 7547);
  const leaving = listeners[0]?.close();
  const come = await requests.listen({ credentials: () => login(1), ...acceptedRequests(), bound: () => {} });
  await leaving;
  assert.ok(opened.length - closed.length === 1, `${opened} ${closed}`);
  await come.close();
  assert.deepEqual(closed.length, opened.length);
});
