/** What must not be sent to is on this host here, so that nothing leaves it where a check is missing. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { type TestContext, test } from "node:test";
import { checkedDatagrams } from "../../src/net/allowed-addresses.ts";
import { createDatagrams } from "../../src/net/datagrams.ts";
import { createSipTransport } from "../../src/net/sip/sip-transport.ts";
import { createXmppClient } from "../../src/net/xmpp/xmpp-client.ts";
import type { CheckAddress } from "../../src/ports/datagrams.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { fileTransfer } from "../helpers/file-transfer.ts";
import { silentLogger } from "../helpers/silent-logger.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const scheduler = createScheduler(createSystemClock(), (error) => assert.fail(String(error)));
const refuseAll: CheckAddress = (address, name) => {
  throw new Error(`${name} is ${address}, which is not ours`);
};
const signal = new AbortController().signal;

/** Nobody may connect to it. */
async function silent(t: TestContext): Promise<{ readonly port: number; readonly connections: () => number }> {
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

for (const host of ["127.0.0.1", "localhost"])
  for (const scheme of ["http", "https"])
    test(`no file is fetched from or sent to ${scheme}://${host} where that address is refused, and the fault says why`, async (t) => {
      const { port, connections } = await silent(t);
      const folder = await temporaryFolder(t);
      const files = fileTransfer({ scheduler, folder, checkAddress: refuseAll });
      const server = { url: `${scheme}://${host}:${port}/file`, username: "", password: "" };
      const refused = { faultCode: 9015, message: new RegExp(`${host} is (?:127\\.0\\.0\\.1|::1), which is not ours`) };
      await assert.rejects(files.download(server, "1", signal), refused);
      await assert.rejects(files.upload(server, Buffer.from("x"), signal), refused);
      assert.equal(connections(), 0);
    });

test("a check that takes an address lets a file come from it", async (t) => {
  const { port, connections } = await silent(t);
  const asked: string[] = [];
  const files = fileTransfer({
    ...{ scheduler, folder: await temporaryFolder(t) },
    checkAddress: (address, name) => void asked.push(`${name} ${address}`),
  });
  const server = { url: `http://localhost:${port}/`, username: "", password: "" };
  await assert.rejects(files.download(server, "1", signal), { faultCode: 9015 });
  assert.ok(asked.includes("localhost 127.0.0.1"), asked.join());
  assert.equal(connections(), 1);
});

for (const host of ["127.0.0.1", "localhost"])
  test(`no XMPP server at ${host} is connected to where that address is refused`, async (t) => {
    const { port, connections } = await silent(t);
    const reason = await new Promise<string>((ended) => {
      createXmppClient({ scheduler, tls: {}, checkAddress: refuseAll }).connect(
        {
          ...{ username: "phone", password: "hush", domain: "xmpp.example", resource: "" },
          ...{ host, port, forceTls: false, keepAliveSeconds: 0 },
        },
        {
          online: () => assert.fail("it cannot come online"),
          request: () => ({ answer: "service-unavailable" }),
          ended: (_failure, why) => ended(why),
        },
      );
    });
    assert.match(reason, new RegExp(`${host} is (?:127\\.0\\.0\\.1|::1), which is not ours`));
    assert.equal(connections(), 0);
  });

test("no SIP server is sent to where its address is refused, over UDP, TCP or TLS", async (t) => {
  const { port, connections } = await silent(t);
  const transport = createSipTransport({
    ...{ datagrams: createDatagrams(silentLogger), address: "127.0.0.1", udpPort: 0 },
    ...{ tls: { minVersion: "TLSv1.2" }, scheduler, checkAddress: refuseAll },
  });
  t.after(() => transport.close());
  transport.listen({ received: assert.fail, closed: () => {} });
  for (const protocol of ["UDP", "TCP", "TLS"] as const)
    await assert.rejects(transport.open({ protocol, host: "127.0.0.1", port, name: "sip.example" }, 0), {
      message: "sip.example is 127.0.0.1, which is not ours",
    });
  assert.equal(connections(), 0);
});

test("a name or an address that is refused does not resolve for UDP", async () => {
  const datagrams = checkedDatagrams(createDatagrams(silentLogger), refuseAll);
  const socket = await datagrams.bind({ address: "127.0.0.1", port: 0, onMessage: () => {} });
  await assert.rejects(socket.resolve("localhost"), /^Error: localhost is 127.0.0.1, which is not ours/);
  await assert.rejects(socket.resolve("127.0.0.1"), /not ours/);
  await socket.close();
});
