import assert from "node:assert/strict";
import { test } from "node:test";
import type { SipFlow } from "../../src/ports/sip.ts";
import { createSipMessageLog, maskSip } from "../../src/sip/message-log.ts";

const FLOW: SipFlow = {
  protocol: "UDP",
  remote: { host: "192.0.2.1", port: 5060 },
  local: { host: "192.0.2.50", port: 5062 },
  send: () => {},
};

const register = (more = ""): Uint8Array =>
  Buffer.from(
    `REGISTER sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.50;branch=z9hG4bK1\r\nCSeq: 1 REGISTER\r\n${more}\r\n`,
  );

test("what a password can be guessed from is masked, and nothing else is changed", () => {
  const digest =
    'Authorization: Digest username="1001", realm="pbx", nonce="n", uri="sip:pbx", response="%", qop=auth\r\n';
  assert.equal(maskSip(digest.replace("%", "0f1e2d")), digest.replace("%", "********"));
  assert.equal(
    maskSip('Proxy-Authorization: Digest Response = "0f1e"'),
    'Proxy-Authorization: Digest Response = "********"',
  );
  assert.equal(
    maskSip("Authorization: Digest response=0f1e,nonce=n"),
    'Authorization: Digest response="********",nonce=n',
  );
  assert.equal(maskSip('Authorization: Digest response="0f1e'), 'Authorization: Digest response="********"');
  assert.equal(maskSip("Authorization: Basic aHVzaA==\r\nTo: x"), "Authorization: Basic ********\r\nTo: x");
  assert.equal(maskSip("To: <sip:1001:hush@pbx>"), "To: <sip:1001:********@pbx>");
  assert.equal(maskSip("http://u:hush@files/"), "http://u:********@files/");
  assert.equal(maskSip("a=crypto:1 AES_CM inline:c2VjcmV0|2^20"), "a=crypto:1 AES_CM inline:********|2^20");
  const plain =
    "SIP/2.0 401 Unauthorized\r\nContact: <sip:1001@192.0.2.50:5062;line=1>\r\nVia: SIP/2.0/UDP [::1]:5060\r\n";
  assert.equal(maskSip(plain), plain);
});

test("requests and responses are kept with who sent them, the last so many; keep-alives and nonsense are not", () => {
  let now = 1_000;
  const log = createSipMessageLog({ now: () => now }, 3);
  log.observe("phone", register('Authorization: Digest response="abc"\r\n'), FLOW);
  now = 1_020;
  log.observe("peer", Buffer.from("SIP/2.0 401 Unauthorized\r\nCSeq: 1 REGISTER\r\n\r\n"), FLOW);
  log.observe("phone", Buffer.from("\r\n\r\n"), FLOW);
  log.observe("peer", Buffer.from("hello"), FLOW);
  const [first, second] = log.records();
  assert.deepEqual(
    { ...first, text: "" },
    {
      ...{ at: 1_000, from: "phone", peer: "UDP 192.0.2.1:5060", name: "REGISTER sip:192.0.2.1", answers: "" },
      ...{ bytes: first?.bytes, text: "" },
    },
  );
  assert.ok(first?.text.includes('response="********"') && !first.text.includes("abc"));
  assert.deepEqual([second?.from, second?.name, second?.answers], ["peer", "401 Unauthorized", "REGISTER"]);
  for (let index = 0; index < 5; index++) log.observe("phone", register(), FLOW);
  assert.equal(log.records().length, 3);
  assert.ok(log.records().every(({ name }) => name === "REGISTER sip:192.0.2.1"));
});

test("a message of 64 KiB costs no more than a page", () => {
  const log = createSipMessageLog({ now: () => 0 }, 1);
  log.observe("peer", register(`X: ${"x".repeat(30_000)}\r\n`), FLOW);
  assert.ok((log.records()[0]?.text.length ?? 0) < 4_200);
});
