import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { createDatagrams } from "../../src/net/datagrams.ts";
import type { DatagramSocket, InternetAddress } from "../../src/ports/datagrams.ts";
import { IPV6_MISSING } from "../helpers/ipv6.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";

interface Arrived {
  readonly text: string;
  readonly from: InternetAddress;
}

async function open(
  t: TestContext,
  address: string | null,
): Promise<DatagramSocket & { readonly next: () => Promise<Arrived> }> {
  const arrived: Arrived[] = [];
  let wake = (): void => {};
  const socket = await createDatagrams(createMemoryLogger()).bind({
    address,
    port: 0,
    onMessage(bytes, from) {
      arrived.push({ text: Buffer.from(bytes).toString(), from });
      wake();
    },
  });
  t.after(() => socket.close());
  const next = async (): Promise<Arrived> => {
    if (arrived.length === 0)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return arrived.shift() ?? assert.fail();
  };
  return Object.assign(socket, { next });
}

describe("UDP sockets", () => {
  test("datagrams come with the address that they are from", async (t) => {
    const [one, other] = [await open(t, "127.0.0.1"), await open(t, "127.0.0.1")];
    one.send(Buffer.from("hello"), { host: "127.0.0.1", port: other.local.port });
    assert.deepEqual(await other.next(), { text: "hello", from: { host: "127.0.0.1", port: one.local.port } });
    assert.equal(one.local.host, "127.0.0.1");
  });

  test("a socket for every address speaks IPv4, and says 127.0.0.1 for what is ::ffff:127.0.0.1", async (t) => {
    const [every, other] = [await open(t, null), await open(t, "127.0.0.1")];
    every.send(Buffer.from("4"), { host: "127.0.0.1", port: other.local.port });
    assert.deepEqual(await other.next(), { text: "4", from: { host: "127.0.0.1", port: every.local.port } });
    other.send(Buffer.from("back"), { host: "127.0.0.1", port: every.local.port });
    assert.equal((await every.next()).from.host, "127.0.0.1");
    assert.equal(every.local.host, null);
    assert.equal(await every.sourceAddress({ host: "127.0.0.1", port: 9 }), "127.0.0.1");
    assert.equal(await every.resolve("127.0.0.1"), "127.0.0.1");
  });

  test("and IPv6 on the same port", { skip: IPV6_MISSING }, async (t) => {
    const [every, other] = [await open(t, null), await open(t, "::1")];
    every.send(Buffer.from("6"), { host: "::1", port: other.local.port });
    assert.deepEqual(await other.next(), { text: "6", from: { host: "::1", port: every.local.port } });
    assert.equal(await every.sourceAddress({ host: "::1", port: 9 }), "::1");
    assert.equal(await every.resolve("::1"), "::1");
    await assert.rejects(other.resolve("127.0.0.1"), /127\.0\.0\.1 has no IPv6 address/);
  });

  test("a port that is taken is AgentError LISTEN, with advice", async (t) => {
    const { local } = await open(t, "127.0.0.1");
    const again = createDatagrams(createMemoryLogger()).bind({ ...local, address: "127.0.0.1", onMessage: () => {} });
    await assert.rejects(
      again,
      (error) => isAgentError(error, "LISTEN") && /the port is in use; stop the program/.test(error.message),
    );
  });

  test("an unknown name is an error that names it", async (t) => {
    const socket = await open(t, null);
    await assert.rejects(socket.resolve("no-such-host.invalid"), /the name no-such-host\.invalid is not known/);
  });

  test("what was sent before the close still leaves", async (t) => {
    const [one, other] = [await open(t, null), await open(t, "127.0.0.1")];
    for (const text of ["1", "2", "3"]) one.send(Buffer.from(text), { host: "127.0.0.1", port: other.local.port });
    await one.close();
    assert.deepEqual(
      [await other.next(), await other.next(), await other.next()].map(({ text }) => text),
      ["1", "2", "3"],
    );
  });

  test("a closed socket sends nothing and can be closed again", async (t) => {
    const socket = await open(t, "127.0.0.1");
    await socket.close();
    socket.send(Buffer.from("x"), { host: "127.0.0.1", port: 9 });
    await socket.close();
  });
});

test("a group is heard by all who join it, and by nobody beyond the interface; an interface that is not there is AgentError LISTEN", async (t) => {
  const group = "224.0.1.75";
  const heard: string[] = [];
  let wake = (): void => {};
  const bothHeard = new Promise<void>((resolve) => {
    wake = () => {
      if (heard.length === 2) resolve();
    };
  });
  const datagrams = createDatagrams(createMemoryLogger());
  const join = async (name: string, port: number): Promise<DatagramSocket> => {
    const onMessage = (bytes: Uint8Array): void => {
      heard.push(`${name} ${Buffer.from(bytes).toString()}`);
      wake();
    };
    const socket = await datagrams.bind({ address: "127.0.0.1", group, port, onMessage });
    t.after(() => socket.close());
    return socket;
  };
  const first = await join("first", 0);
  await join("second", first.local.port);
  const asking = await open(t, "127.0.0.1");
  asking.send(Buffer.from("who is there"), { host: group, port: first.local.port });
  await bothHeard;
  assert.deepEqual(heard.sort(), ["first who is there", "second who is there"]);
  const nowhere = datagrams.bind({ address: "203.0.113.7", group, port: 0, onMessage: () => {} });
  await assert.rejects(nowhere, (error) => isAgentError(error) && error.code === "LISTEN");
});
