import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeUdpRequest, openAcsUdp } from "../../src/acs/udp.ts";
import { checkUdpRequest } from "../../src/connection-request/udp/check.ts";
import { parseUdpRequest } from "../../src/connection-request/udp/request.ts";
import type { InternetAddress } from "../../src/ports/datagrams.ts";
import type { AcceptedRequests } from "../../src/ports/udp-connection-requests.ts";
import { decodeBindingAnswer, encodeBindingRequest } from "../../src/system/stun/binding.ts";
import { createFakeNetwork } from "../helpers/fake-network.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { seededRandom } from "../helpers/seeded-random.ts";

const CREDENTIALS = { username: "acs", password: "knock" };
const ID = Buffer.from("0102030405060708090a0b0c0d0e0f10", "hex");

async function lab(stunPort: number | null = 3478) {
  const time = createFakeTime();
  const network = createFakeNetwork(time);
  const datagrams = network.machine("198.51.100.1");
  const udp = await openAcsUdp({
    datagrams,
    address: "198.51.100.1",
    stunPort,
    clock: time.clock,
    random: seededRandom(),
  });
  const arrived: { readonly bytes: Uint8Array; readonly from: InternetAddress; readonly port: number }[] = [];
  const listen = (port: number) =>
    network.machine("192.0.2.20").bind({
      address: null,
      port,
      onMessage: (bytes, from) => void arrived.push({ bytes, from, port }),
    });
  return { time, udp, arrived, phone: await listen(7547), second: await listen(7548) };
}

describe("the embedded ACS's UDP", () => {
  test("C-243 C-248 a connection request leaves in three equal copies, through the port of the STUN server", async () => {
    const { udp, arrived, time } = await lab();
    await udp.request("192.0.2.20:7547", CREDENTIALS);
    await time.advance(0);
    assert.equal(arrived.length, 3);
    assert.equal(new Set(arrived.map(({ bytes }) => Buffer.from(bytes).toString())).size, 1);
    assert.deepEqual(arrived[0]?.from, { host: "198.51.100.1", port: 3478 });
  });

  test("C-246 requests within one second are in order and genuine for the phone", async () => {
    const { udp, arrived, time } = await lab(null);
    assert.equal(udp.stunPort, null);
    for (let count = 0; count < 3; count++) await udp.request("192.0.2.20:7547", CREDENTIALS);
    await time.advance(0);
    let [mark, signatures]: [AcceptedRequests["mark"], string[]] = [null, []];
    for (const { bytes } of arrived.filter((_, at) => at % 3 === 0)) {
      const verdict = checkUdpRequest(
        parseUdpRequest(bytes) ?? assert.fail(),
        CREDENTIALS,
        { mark, signatures },
        time.clock.now(),
      );
      assert.ok(verdict.kind === "accepted");
      mark = verdict.request;
      signatures = [...signatures, verdict.request.sig];
    }
    assert.equal(mark?.ts, Math.floor(time.clock.now() / 1000) + 2);
  });

  test("C-245 C-250 a user name that is not plain is encoded in the uri and signed as it is", () => {
    const odd = { username: "a&b ü", password: "p" };
    const request = parseUdpRequest(encodeUdpRequest("x:1", { ts: "1", id: "2", cn: "3" }, odd)) ?? assert.fail();
    assert.equal(request.un, "a%26b%20%C3%BC");
    assert.equal(checkUdpRequest(request, odd, { mark: null, signatures: [] }, 0).kind, "accepted");
  });

  for (const address of ["", "phone", "x:0", "x:65536", "1.2.3.4:5:6", "[::1", "::1"]) {
    test(`the address "${address}" leads nowhere`, async () => {
      const { udp } = await lab();
      await assert.rejects(udp.request(address, CREDENTIALS), { code: "UNREACHABLE" });
    });
  }

  test("C-227 C-241 STUN: a Binding Request is answered to where it came from, or to RESPONSE-ADDRESS", async () => {
    const { phone, second, arrived, time } = await lab();
    const plain = { username: "", connectionRequest: true, change: false, integrity: null, responseAddress: null };
    const server = { host: "198.51.100.1", port: 3478 };
    phone.send(encodeBindingRequest(ID, plain), server);
    await time.advance(0);
    second.send(encodeBindingRequest(ID, { ...plain, responseAddress: { host: "192.0.2.20", port: 7547 } }), server);
    phone.send(Buffer.from("no STUN"), server);
    await time.advance(0);
    assert.deepEqual(
      arrived.map(({ bytes, port }) => [port, decodeBindingAnswer(bytes)?.answer]),
      [
        [7547, { kind: "mapped", address: { host: "192.0.2.20", port: 7547 } }],
        [7547, { kind: "mapped", address: { host: "192.0.2.20", port: 7548 } }],
      ],
    );
  });
});
