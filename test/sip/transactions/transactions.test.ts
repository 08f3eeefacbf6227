import assert from "node:assert/strict";
import { test } from "node:test";
import type { SipFlow } from "../../../src/ports/sip.ts";
import type { SipRequest } from "../../../src/sip/message/message.ts";
import { responseBytes } from "../../../src/sip/message/response.ts";
import { Transactions } from "../../../src/sip/transactions/transactions.ts";
import { createFakeTime } from "../../helpers/fake-time.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

/** Transactions over one flow whose bytes are kept. */
function world(protocol: "UDP" | "TCP" = "UDP") {
  const time = createFakeTime({ inMemory: true });
  const sent: { readonly atMs: number; readonly text: string }[] = [];
  const requests: SipRequest[] = [];
  const unusable: number[] = [];
  const flow: SipFlow = {
    ...{ protocol, remote: { host: "192.0.2.1", port: 5060 }, local: { host: "192.0.2.50", port: 5062 } },
    send: (bytes) => void sent.push({ atMs: time.clock.monotonic(), text: Buffer.from(bytes).toString() }),
  };
  const transactions = new Transactions({
    ...{ ...time, random: seededRandom("branches") },
    listener: {
      request: (request) => void requests.push(request),
      unusable: (_request, _from, status) => void unusable.push(status),
    },
  });
  const receive = (text: string): void => transactions.received(Buffer.from(text), flow);
  return { time, sent, requests, unusable, flow, transactions, receive };
}

type World = ReturnType<typeof world>;

function ask({ transactions, flow }: World, method: string) {
  const heard: string[] = [];
  const headers = [
    { name: "Max-Forwards", value: "70" },
    { name: "From", value: "<sip:a@b>;tag=1" },
    { name: "To", value: "<sip:c@d>" },
    { name: "Call-ID", value: "7" },
    { name: "CSeq", value: `1 ${method}` },
  ];
  const request = { kind: "request", method, uri: "sip:c@d", headers, body: new Uint8Array() } as const;
  const client = transactions.send(request, flow, {
    response: ({ status }) => void heard.push(String(status)),
    failed: (reason) => void heard.push(reason),
  });
  const answer = (status: number): void => {
    const came = { ...client.request, version: "SIP/2.0", fault: null, size: 0 };
    transactions.received(responseBytes(came, flow, status, { toTag: "2" }), flow);
  };
  return { heard, client, answer };
}

const times = ({ sent }: World, method: string): number[] =>
  sent.filter(({ text }) => text.startsWith(`${method} `)).map(({ atMs }) => atMs);

const request = (method: string, branch = "z9hG4bKone", more = ""): string =>
  `${method} sip:1@192.0.2.50 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}\r\nFrom: <sip:a@b>;tag=1\r\n` +
  `To: <sip:c@d>\r\nCall-ID: 7\r\nCSeq: 1 ${method}\r\n${more}\r\n`;

test("a request that was heard of is repeated every four seconds, and no more once it is answered", async () => {
  const under = world();
  const { heard, answer } = ask(under, "OPTIONS");
  await under.time.advance(600);
  answer(100);
  await under.time.advance(9_000);
  assert.deepEqual(times(under, "OPTIONS"), [0, 500, 1_500, 5_500, 9_500]);
  answer(200);
  answer(200);
  await under.time.advance(60_000);
  assert.deepEqual(heard, ["100", "200"]);
  assert.equal(times(under, "OPTIONS").length, 5);
  assert.equal(under.transactions.waiting, 0);
});

test("an INVITE is repeated with doubled waits, and neither repeated nor given up while the other side rings", async () => {
  const under = world();
  const { heard, answer } = ask(under, "INVITE");
  await under.time.advance(4_000);
  answer(180);
  await under.time.advance(120_000);
  assert.deepEqual(times(under, "INVITE"), [0, 500, 1_500, 3_500]);
  answer(200);
  answer(200);
  assert.deepEqual(heard, ["180", "200", "200"], "each 2xx wants an ACK of its own");
  await under.time.advance(32_000);
  assert.equal(under.transactions.waiting, 0);
});

test("an INVITE that is refused is acknowledged once for each refusal that comes", async () => {
  const under = world();
  const { heard, answer } = ask(under, "INVITE");
  answer(486);
  answer(486);
  assert.deepEqual(heard, ["486"]);
  assert.equal(times(under, "ACK").length, 2);
  const [invite, ack] = [under.sent[0]?.text ?? "", under.sent[1]?.text ?? ""];
  assert.equal(/branch=\S+?;/.exec(ack)?.[0], /branch=\S+?;/.exec(invite)?.[0]);
  assert.match(ack, /\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: 7\r\nCSeq: 1 ACK\r\n/);
});

test("a CANCEL has the branch of its INVITE and a life of its own", () => {
  const under = world();
  const { client, answer, heard } = ask(under, "INVITE");
  answer(180);
  under.transactions.cancel(client);
  const cancel = under.sent.at(-1)?.text ?? "";
  assert.match(cancel, /^CANCEL sip:c@d SIP\/2\.0\r\n/);
  assert.match(cancel, /CSeq: 1 CANCEL\r\n/);
  answer(487);
  assert.deepEqual(heard, ["180", "487"]);
});

test("a lost connection ends what waits on it, at once", () => {
  const under = world("TCP");
  const { heard } = ask(under, "REGISTER");
  under.transactions.closed(under.flow, "the connection was closed");
  assert.deepEqual(heard, ["the connection was closed"]);
  assert.deepEqual(under.time.pendingTimers(), []);
});

test("an answer with another branch, or with two Vias, is nobody's", () => {
  const under = world();
  const { heard } = ask(under, "OPTIONS");
  const lines = "From: <sip:a@b>\r\nTo: <sip:c@d>\r\nCall-ID: 7\r\nCSeq: 1 OPTIONS\r\n\r\n";
  const branch = /branch=([^;]+)/.exec(under.sent[0]?.text ?? "")?.[1];
  under.receive(`SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKother\r\n${lines}`);
  under.receive(`SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=${branch}, SIP/2.0/UDP y\r\n${lines}`);
  assert.deepEqual(heard, []);
});

test("a repeated request gets the same answer again, and reaches nobody twice", async () => {
  const under = world();
  under.receive(request("BYE"));
  const [bye] = under.requests;
  assert.ok(bye !== undefined);
  under.transactions.serve(bye, under.flow)?.answer(200, responseBytes(bye, under.flow, 200));
  under.receive(request("BYE"));
  await under.time.advance(31_000);
  under.receive(request("BYE"));
  assert.equal(under.requests.length, 1);
  assert.equal(under.sent.length, 3);
  await under.time.advance(2_000);
  under.receive(request("BYE"));
  assert.equal(under.requests.length, 2, "forgotten after 32 seconds");
});

test("a refusal of an INVITE is repeated until it is acknowledged", async () => {
  const under = world();
  under.receive(request("INVITE"));
  const [invite] = under.requests;
  assert.ok(invite !== undefined);
  under.transactions.serve(invite, under.flow)?.answer(486, responseBytes(invite, under.flow, 486));
  await under.time.advance(2_000);
  assert.deepEqual(
    under.sent.map(({ atMs }) => atMs),
    [0, 500, 1_500],
  );
  under.receive(request("ACK"));
  await under.time.advance(60_000);
  assert.equal(under.sent.length, 3);
  assert.deepEqual(under.time.pendingTimers(), []);
});

test("a CANCEL finds the INVITE that it is for", () => {
  const under = world();
  under.receive(request("INVITE"));
  const [invite] = under.requests;
  assert.ok(invite !== undefined);
  const served = under.transactions.serve(invite, under.flow);
  under.receive(request("CANCEL"));
  const [, cancel] = under.requests;
  assert.ok(cancel !== undefined);
  assert.equal(under.transactions.cancelled(cancel), served);
});

for (const [what, text, status] of [
  ["another version", request("OPTIONS").replace("SIP/2.0\r\n", "SIP/7.0\r\n"), 505],
  ["a URI in angle brackets", request("OPTIONS").replace("sip:1@192.0.2.50", "<sip:1@192.0.2.50>"), 400],
  ["a URI of another scheme", request("OPTIONS").replace("sip:1@192.0.2.50", "soap.beep://192.0.2.103:3002"), 416],
  ["a CSeq of another method", request("OPTIONS").replace("1 OPTIONS", "1 INVITE"), 400],
  ["two Call-IDs", request("OPTIONS", "z9hG4bKone", "Call-ID: 8\r\n"), 400],
  ["no To", request("OPTIONS").replace("To: <sip:c@d>\r\n", ""), 400],
  ["an unreadable Via", request("OPTIONS").replace("SIP/2.0/UDP", "SIP/2.0/UDP;"), 400],
  ["a Max-Forwards that is not a number", request("OPTIONS", "z9hG4bKone", "Max-Forwards: x\r\n"), 400],
  ["a body that is too short", request("OPTIONS", "z9hG4bKone", "Content-Length: 100\r\n"), 400],
] as const) {
  test(`a request with ${what} is refused with ${status}`, () => {
    const under = world();
    under.receive(text);
    assert.deepEqual([under.unusable, under.requests.length], [[status], 0]);
    under.receive(text.replaceAll("OPTIONS", "ACK"));
    assert.equal(under.unusable.length, 1, "an ACK is never answered");
  });
}

test("no more than two thousand requests are answered at a time", () => {
  const under = world();
  for (let count = 0; count < 2_001; count++) under.receive(request("BYE", `z9hG4bK${count}`));
  const served = under.requests.map((bye) => under.transactions.serve(bye, under.flow));
  assert.equal(served.filter((one) => one === null).length, 1);
  // Who waits for repetitions alone makes room.
  served[7]?.answer(200, Buffer.from("200"));
  under.receive(request("BYE", "z9hG4bKlate"));
  const late = under.requests.at(-1) ?? assert.fail("it did not come");
  assert.notEqual(under.transactions.serve(late, under.flow), null);
  assert.equal(under.transactions.serve(late, under.flow), null);
  under.transactions.abandon();
});
