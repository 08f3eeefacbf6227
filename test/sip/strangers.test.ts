import assert from "node:assert/strict";
import { test } from "node:test";
import type { SipFlow } from "../../src/ports/sip.ts";
import { headerOf, type SipRequest } from "../../src/sip/message/message.ts";
import { parseMessage } from "../../src/sip/message/parse.ts";
import { answerStranger } from "../../src/sip/strangers.ts";

const WORDY = "X-Filler: something that makes the request longer than its answer";

/** A request of a stranger, with these lines more. */
function options(callId: string, ...more: readonly string[]): SipRequest {
  const lines = [
    "OPTIONS sip:phone@192.0.2.50:5062 SIP/2.0",
    "Via: SIP/2.0/UDP 198.51.100.9:5060;branch=z9hG4bKx",
    ...["From: <sip:a@x>;tag=1", "To: <sip:b@x>", `Call-ID: ${callId}`, "CSeq: 1 OPTIONS", ...more],
  ];
  const message = parseMessage(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`));
  return message?.kind === "request" ? message : assert.fail("no request");
}

/** The To of the answer that goes out; null: there is none. */
function toOfAnswer(request: SipRequest, protocol: SipFlow["protocol"] = "UDP"): string | null {
  const sent: Uint8Array[] = [];
  const address = { host: "198.51.100.9", port: 5060 };
  const flow: SipFlow = { protocol, remote: address, local: address, send: (bytes) => void sent.push(bytes) };
  answerStranger({ open: () => true, record: () => {} }, request, flow, 404);
  const [bytes] = sent;
  if (bytes === undefined) return null;
  assert.ok(protocol !== "UDP" || bytes.length <= request.size, "no longer than what it answers");
  const answer = parseMessage(bytes);
  return (answer === null ? undefined : headerOf(answer, "To")) ?? assert.fail("no To");
}

test("RFC 3261 8.2.6.2, 8.2.7: an answer to a stranger has a To tag, the same for each copy, another for another request", () => {
  const first = toOfAnswer(options("one", WORDY));
  assert.match(first ?? "", /^<sip:b@x>;tag=[0-9a-f]{8}$/);
  assert.equal(toOfAnswer(options("one", WORDY)), first);
  assert.notEqual(toOfAnswer(options("two", WORDY)), first);
});

test("over UDP an answer has no tag where that would make it longer than the request; over TCP it has one", () => {
  const longer = Array.from({ length: 60 }, (_value, length) => options("one", `X: ${"x".repeat(length)}`));
  const answers = longer.map((request) => toOfAnswer(request));
  assert.deepEqual(
    [...new Set(answers)].map((to) => to?.replace(/tag=.*/, "tag=")),
    ["<sip:b@x>", "<sip:b@x>;tag="],
  );
  assert.match(toOfAnswer(longer[0] ?? options("one"), "TCP") ?? "", /;tag=/);
});
