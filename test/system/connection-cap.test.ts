import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { type CappedConnections, type ConnectionLimits, capConnections } from "../../src/system/connection-cap.ts";

interface Capped {
  readonly connections: CappedConnections;
  readonly dropped: (string | undefined)[];
  /** Opens one and waits until the server has it; answers the server's end of it. */
  open(from: string): Promise<Socket>;
}

async function capped(t: TestContext, limits: ConnectionLimits): Promise<Capped> {
  const server = createServer();
  const dropped: (string | undefined)[] = [];
  const connections = capConnections(server, limits, (from) => dropped.push(from));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  t.after(() => server.close());
  return {
    connections,
    dropped,
    async open(from) {
      const taken = once(server, "connection") as Promise<[Socket]>;
      const client = connect({ host: "127.0.0.1", port, localAddress: from });
      client.on("error", () => {});
      const [socket] = await taken;
      t.after(() => {
        client.destroy();
        socket.destroy();
      });
      return socket;
    },
  };
}

const isOpen = (socket: Socket): boolean => !socket.destroyed;

test("beyond the limit of one source its oldest connection goes", async (t) => {
  const { open, dropped } = await capped(t, { total: 10, perSource: 2 });
  const sockets = [await open("127.0.0.1"), await open("127.0.0.1"), await open("127.0.0.1")];
  assert.deepEqual(sockets.map(isOpen), [false, true, true]);
  assert.deepEqual(dropped, ["127.0.0.1"]);
});

test("of the addresses that count as one source the one with most connections gives way", async (t) => {
  const { open } = await capped(t, { total: 10, perSource: 3 });
  const acs = await open("127.0.0.1");
  const others = [await open("127.0.0.66"), await open("127.0.0.66"), await open("127.0.0.66")];
  assert.deepEqual([acs, ...others].map(isOpen), [true, false, true, true]);
});

test("beyond the limit of all it is the oldest one of whoever holds most; a connection that is gone counts no more", async (t) => {
  const { open } = await capped(t, { total: 2, perSource: 5 });
  const first = await open("127.0.0.1");
  first.destroy();
  await once(first, "close");
  const sockets = [await open("127.0.0.1"), await open("127.0.0.1"), await open("127.0.0.1")];
  assert.deepEqual(sockets.map(isOpen), [false, true, true]);
});

test("a connection that has logged in stays; where all have, the new one goes", async (t) => {
  const { open, connections } = await capped(t, { total: 10, perSource: 2 });
  const [first, second] = [await open("127.0.0.1"), await open("127.0.0.1")];
  connections.authenticated(first);
  const third = await open("127.0.0.1");
  assert.deepEqual([first, second, third].map(isOpen), [true, false, true]);
  connections.authenticated(third);
  const fourth = await open("127.0.0.1");
  assert.deepEqual([first, third, fourth].map(isOpen), [true, true, false]);
});
