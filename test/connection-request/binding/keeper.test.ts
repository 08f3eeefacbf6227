import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ATTRIBUTE } from "../../../src/system/stun/message.ts";
import { udpRequest } from "../../helpers/udp-request.ts";
import { startPhone } from "./fixture.ts";

const PUBLIC = { host: "203.0.113.5", port: 62_000 };
const { connectionRequestBinding, bindingChange, messageIntegrity, username, responseAddress } = ATTRIBUTE;

describe("the binding", () => {
  test("C-230 C-231 C-237 is asked for from the port of connection requests, and tells of the NAT", async () => {
    const { server, bindings, listener, network } = await startPhone();
    assert.deepEqual(bindings, [{ address: PUBLIC, natDetected: true }]);
    assert.equal(listener.local.port, 7547);
    assert.ok(network.sent.some(({ to }) => to.host === "198.51.100.1" && to.port === 3478));
    assert.ok(server.seen.every(({ from }) => from.port === PUBLIC.port));
    assert.deepEqual(server.seen[0]?.attributes, [connectionRequestBinding]);
  });

  test("C-237 without a NAT none is detected", async () => {
    const { bindings } = await startPhone({}, { nat: "none" });
    assert.deepEqual(bindings, [{ address: { host: "192.168.1.20", port: 7547 }, natDetected: false }]);
  });

  test("C-236 C-240 the first one, and each that is another, is told the server at once with BINDING-CHANGE", async () => {
    const { server, time, nat, bindings } = await startPhone({ minimumSeconds: 60, maximumSeconds: 60 });
    assert.deepEqual(
      server.seen.map(({ atMs, attributes }) => [atMs, attributes]),
      [
        [0, [connectionRequestBinding]],
        [0, [connectionRequestBinding, bindingChange]],
      ],
    );
    nat.forget();
    await time.advance(60_000);
    assert.deepEqual(
      server.seen.slice(2).map(({ atMs, attributes }) => [atMs, attributes.includes(bindingChange)]),
      [
        [60_000, false],
        [60_000, true],
      ],
    );
    assert.deepEqual(bindings.at(-1)?.address, { ...PUBLIC, port: PUBLIC.port + 1 });
  });

  test("is reachable again within one keep-alive period after the NAT has forgotten it", async () => {
    const { time, nat, sendRequest, accepted } = await startPhone();
    await sendRequest(udpRequest({ ts: 1 }));
    nat.forget();
    await sendRequest(udpRequest({ ts: 2 }));
    assert.deepEqual(
      accepted.map(({ ts }) => ts),
      [1],
    );
    await time.advance(30_000);
    await sendRequest(udpRequest({ ts: 3 }));
    assert.deepEqual(
      accepted.map(({ ts }) => ts),
      [1, 3],
    );
  });

  test("C-239 equal periods: exactly that one, and no probe", async () => {
    const { time, server, intervals } = await startPhone({ minimumSeconds: 17, maximumSeconds: 17 });
    await time.advance(60_000);
    assert.deepEqual(intervals().slice(1), [17_000, 17_000, 17_000]);
    assert.ok(server.seen.every(({ attributes }) => !attributes.includes(responseAddress)));
  });

  test("C-251 another address of the phone's own begins all anew", async () => {
    const { time, move, server, bindings } = await startPhone();
    move("192.168.7.7");
    await time.advance(30_000);
    assert.deepEqual(server.seen.at(-1)?.attributes, [connectionRequestBinding, bindingChange]);
    assert.deepEqual(bindings.at(-1)?.address, { ...PUBLIC, port: PUBLIC.port + 1 });
  });

  test("nothing is sent once STUN is off, or the port closed", async () => {
    const { time, server, listener } = await startPhone();
    listener.useStun(null);
    await time.advance(600_000);
    assert.equal(server.seen.length, 2);
    assert.deepEqual(time.pendingTimers(), []);
    const other = await startPhone({}, { server: { silent: true } });
    await other.listener.close();
    await other.time.advance(600_000);
    assert.deepEqual(other.time.pendingTimers(), []);
    assert.equal(other.server.seen.length, 1);
  });
});

describe("signed requests", () => {
  const LOGIN = { username: "phone", password: "hush" };

  test("C-232 USERNAME goes with every request from the port, unsigned as long as nobody asks", async () => {
    const { server } = await startPhone(LOGIN);
    assert.deepEqual(server.seen[0]?.attributes, [username, connectionRequestBinding]);
  });

  for (const padding of ["rfc3489", "rfc5389"] as const) {
    test(`C-233 C-234 after error 401 the request comes again, signed as ${padding} says`, async () => {
      const { server, bindings, time } = await startPhone(LOGIN, { padding, server: { password: "hush", padding } });
      await time.advance(30_000);
      assert.equal(bindings.length, 1);
      assert.deepEqual(
        server.seen.map(({ attributes }) => attributes.at(-1) === messageIntegrity),
        [false, true, true, true],
      );
      const ids = server.seen.map(({ bytes }) => Buffer.from(bytes.subarray(4, 20)).toString("hex"));
      assert.equal(new Set(ids).size, ids.length, "every request has a transaction id of its own");
    });
  }

  test("C-233 without STUNUsername nothing is signed, whatever the server asks", async () => {
    const { server, time } = await startPhone({ password: "hush" }, { server: { password: "hush" } });
    await time.advance(20_000);
    assert.ok(server.seen.length > 0 && server.seen.every(({ attributes }) => !attributes.includes(messageIntegrity)));
  });

  test("C-281 no password in the log", async () => {
    const { log, time } = await startPhone(LOGIN, { server: { password: "other" } });
    await time.advance(3_600_000);
    assert.doesNotMatch(log.text(), /hush|knock/);
  });
});

describe("a server that fails", () => {
  test("C-242 gets nine copies: after 100, 200, 400, 800, then 1600 ms", async () => {
    const { server, time } = await startPhone({}, { server: { silent: true } });
    await time.advance(9_500);
    assert.deepEqual(
      server.seen.map(({ atMs }) => atMs),
      [0, 100, 300, 700, 1500, 3100, 4700, 6300, 7900],
    );
    assert.equal(new Set(server.seen.map(({ bytes }) => Buffer.from(bytes).toString("hex"))).size, 1);
  });

  test("C-242 an answer to any copy counts, and ends them", async () => {
    const { server, time, bindings } = await startPhone({}, { server: { silent: true } });
    await time.advance(3_000);
    server.ways.silent = false;
    await time.advance(20_000);
    assert.equal(bindings.length, 1);
    assert.deepEqual(server.seen.map(({ atMs }) => atMs).slice(5), [3100, 3100]);
  });

  for (const code of [401, 420, 430, 431, 432, 433, 500, 600]) {
    test(`C-235 error ${code} is no loop: the next request waits, and waits longer each time`, async () => {
      const { server, time } = await startPhone({ username: "phone", password: "x" }, { server: { error: code } });
      const first = server.seen.length;
      assert.equal(first, code === 401 ? 2 : 1);
      await time.advance(3_600_000);
      const gaps = server.marked.map(({ atMs }, at, all) => atMs - (all[at - 1]?.atMs ?? 0)).filter((gap) => gap > 0);
      assert.ok(
        gaps.every((gap, at) => gap >= 15_000 * Math.min(2 ** at, 10) && gap <= 300_000),
        gaps.join(),
      );
      assert.ok(gaps.length >= 11 && gaps.length <= 30, `${gaps.length} attempts in an hour`);
      server.ways.error = null;
      await time.advance(300_000);
      assert.ok(
        server.marked.some(({ attributes }) => attributes.includes(bindingChange)),
        "it works again by itself",
      );
    });
  }

  test("C-235 a name that is not known is tried again", async () => {
    const { network, time, bindings, log } = await startPhone({ server: { host: "later.example", port: 3478 } });
    await time.advance(1000);
    assert.equal(log.at("warn").length, 1);
    network.names.set("later.example", "198.51.100.1");
    await time.advance(30_000);
    assert.equal(bindings.length, 1);
  });

  test("an outage leaves the address as it was, and only one line in the log", async () => {
    const { server, time, bindings, log } = await startPhone();
    server.ways.silent = true;
    await time.advance(1_800_000);
    assert.equal(bindings.length, 1);
    assert.equal(log.at("warn").length, 1);
  });

  test("answers to nobody's request change nothing", async () => {
    const { network, server, bindings, time } = await startPhone();
    const stranger = await network.machine("198.51.100.66").bind({ address: null, port: 3478, onMessage: () => {} });
    const forged = `0101000c${"00".repeat(16)}000100080001f230c6336442`;
    stranger.send(Buffer.from(forged, "hex"), PUBLIC);
    const replayed = Buffer.from(forged, "hex");
    replayed.set(server.seen[0]?.bytes.subarray(4, 20) ?? [], 4);
    stranger.send(replayed, PUBLIC);
    await time.advance(29_000);
    assert.equal(bindings.length, 1);
    assert.equal(server.seen.length, 2);
  });
});

describe("the search for the lifetime", () => {
  test("C-241 C-231 C-239 asks from a second port for answers to the first, and stays inside the limits", async () => {
    const { time, server, intervals } = await startPhone(
      { minimumSeconds: 10, maximumSeconds: 200, username: "phone" },
      { lifetimeMs: 75_000 },
    );
    await time.advance(3_600_000);
    const probes = server.seen.filter(({ attributes }) => attributes.includes(responseAddress));
    assert.ok(probes.length > 0);
    assert.ok(probes.every(({ attributes, from }) => attributes.length === 1 && from.port !== PUBLIC.port));
    const last = intervals().at(-1) ?? 0;
    assert.ok(last > 65_000 && last < 75_000, `found ${last} ms`);
    assert.deepEqual(new Set(intervals().slice(-10)), new Set([last]));
    const gaps = intervals().filter((gap) => gap > 0);
    assert.ok(
      gaps.every((gap) => gap >= 10_000 && gap <= 200_000),
      gaps.join(),
    );
  });

  for (const [lifetimeMs, minimumSeconds, maximumSeconds, lowMs, highMs] of [
    [5_000, 20, 120, 20_000, 20_000],
    [5_000, 0, 120, 1_000, 5_000],
    [600_000, 20, 120, 110_500, 110_500],
    [600_000, 0, null, 290_500, 290_500],
    [25_000, 0, null, 20_000, 25_000],
  ] as const) {
    test(`C-239 C-241 a lifetime of ${lifetimeMs} ms between ${minimumSeconds} and ${maximumSeconds} s`, async () => {
      const { time, intervals } = await startPhone({ minimumSeconds, maximumSeconds }, { lifetimeMs });
      await time.advance(7_200_000);
      // Where the binding never lasts each request is followed by one that tells of it.
      const last = intervals().findLast((gap) => gap > 0) ?? 0;
      assert.ok(last >= lowMs && last <= highMs, `found ${last} ms`);
    });
  }

  for (const way of ["refused", "ignored"] as const) {
    test(`C-241 a server by which RESPONSE-ADDRESS is ${way} is asked once, and 30 s are kept`, async () => {
      const { time, server, intervals } = await startPhone(
        { minimumSeconds: 10, maximumSeconds: 200 },
        { server: { responseAddress: way } },
      );
      await time.advance(600_000);
      assert.equal(server.seen.filter(({ attributes }) => attributes.includes(responseAddress)).length, 1);
      assert.deepEqual(new Set(intervals().slice(1)), new Set([30_000]));
    });
  }

  test("C-241 a NAT that has become quicker shows in its other address: the search goes on below", async () => {
    const { time, nat, intervals } = await startPhone(
      { minimumSeconds: 10, maximumSeconds: 200 },
      { lifetimeMs: 150_000 },
    );
    await time.advance(3_600_000);
    nat.lifetimeMs = 40_000;
    await time.advance(7_200_000);
    const last = intervals().at(-1) ?? 0;
    assert.ok(last > 30_000 && last < 40_000, `found ${last} ms`);
  });

  test("C-239 periods too close for a probe between them: no search, and never beyond the longer", async () => {
    const { time, server, intervals } = await startPhone({ minimumSeconds: 12, maximumSeconds: 20 });
    await time.advance(200_000);
    assert.ok(server.seen.every(({ attributes }) => !attributes.includes(responseAddress)));
    assert.deepEqual(new Set(intervals().slice(1)), new Set([20_000]));
  });
});
