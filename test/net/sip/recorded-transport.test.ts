import assert from "node:assert/strict";
import { test } from "node:test";
import { recordedTransport } from "../../../src/net/sip/recorded-transport.ts";
import type { SipFlow, SipListener, SipTransport } from "../../../src/ports/sip.ts";

function fakeTransport() {
  let listener: SipListener | null = null;
  const sent: string[] = [];
  const flow: SipFlow = {
    protocol: "TCP",
    remote: { host: "192.0.2.1", port: 5060 },
    local: { host: "192.0.2.50", port: 40_000 },
    send: (bytes) => void sent.push(Buffer.from(bytes).toString()),
  };
  const transport: SipTransport = {
    listen: (given) => {
      listener = given;
    },
    open: async () => flow,
    usePort: () => () => {},
    speaksTo: () => true,
    openVoice: async () => ({ port: 1, close: async () => {} }),
    close: async () => {},
  };
  const heard = (): SipListener => listener ?? assert.fail("nobody listens");
  return { transport, flow, sent, heard };
}

test("what leaves and what comes is recorded, and a connection is the same one when it is opened, used and closed", async () => {
  const { transport, flow, sent, heard } = fakeTransport();
  const seen: string[] = [];
  const recorded = recordedTransport(transport, {
    observe: (from, bytes, by) => void seen.push(`${from} ${Buffer.from(bytes)} ${by.remote.port}`),
  });
  const flows: SipFlow[] = [];
  recorded.listen({ received: (_bytes, from) => void flows.push(from), closed: (from) => void flows.push(from) });
  const opened = await recorded.open({ host: "192.0.2.1", port: 5060, protocol: "TCP", name: "pbx" }, 5062);
  opened.send(Buffer.from("out"));
  heard().received(Buffer.from("in"), flow);
  heard().closed(flow, "gone");
  assert.deepEqual(sent, ["out"]);
  assert.deepEqual(seen, ["phone out 5060", "peer in 5060"]);
  assert.ok(flows.length === 2 && flows.every((one) => one === opened));
});

test("an answer to another port of the peer is recorded as well", () => {
  const { transport, flow, heard } = fakeTransport();
  const seen: string[] = [];
  const recorded = recordedTransport(transport, {
    observe: (from, _bytes, by) => void seen.push(`${from} ${by.remote.port}`),
  });
  recorded.listen({ received: (_bytes, from) => from.toPort?.(5070).send(Buffer.from("x")), closed: () => {} });
  const datagrams: SipFlow = { ...flow, protocol: "UDP", toPort: (port) => ({ ...flow, remote: { host: "a", port } }) };
  heard().received(Buffer.from("in"), datagrams);
  assert.deepEqual(seen, ["peer 5060", "phone 5070"]);
});
