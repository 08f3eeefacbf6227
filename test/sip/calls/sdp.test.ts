import assert from "node:assert/strict";
import { test } from "node:test";
import { answerText, type LocalAudio, offerText, parseOffer } from "../../../src/sip/calls/sdp.ts";

const PCMU = { name: "PCMU", clockRate: 8000, payload: 0 };
const PCMA = { name: "PCMA", clockRate: 8000, payload: 8 };
const LOCAL: LocalAudio = {
  ...{ host: "192.0.2.50", port: 40_002, codecs: [PCMA, PCMU], telephoneEvents: true, telephonePayload: 101 },
  ...{ sessionId: 7, version: 1 },
};
const OFFER = [
  ...["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0"],
  ...["m=audio 6000 RTP/AVP 0 8 96", "a=rtpmap:0 PCMU/8000", "a=rtpmap:96 telephone-event/8000", "a=sendonly"],
  ...["m=video 6002 RTP/AVP 31", ""],
].join("\r\n");

const answer = (text: string, local: LocalAudio = LOCAL): string | null => {
  const offer = parseOffer(Buffer.from(text));
  return offer === null ? null : (answerText(offer, local)?.text ?? null);
};

test("an answer has the favourite codec that both have, the offer's payload types, and the other direction", () => {
  assert.equal(
    answer(OFFER),
    [
      ...["v=0", "o=- 7 1 IN IP4 192.0.2.50", "s=-", "c=IN IP4 192.0.2.50", "t=0 0"],
      ...["m=audio 40002 RTP/AVP 8 96", "a=rtpmap:8 PCMA/8000", "a=rtpmap:96 telephone-event/8000", "a=fmtp:96 0-15"],
      ...["a=ptime:20", "a=recvonly", "m=video 0 RTP/AVP 31", ""],
    ].join("\r\n"),
  );
});

test("keys are not taken as events where the phone sends them otherwise", () => {
  assert.doesNotMatch(answer(OFFER, { ...LOCAL, telephoneEvents: false }) ?? "", /telephone-event/);
});

test("without a codec in common, without audio and without SDP there is no answer", () => {
  assert.equal(answer(OFFER, { ...LOCAL, codecs: [{ name: "G729", clockRate: 8000, payload: 18 }] }), null);
  for (const bad of [
    "",
    "v=1",
    "v=0\r\nm=video 1 RTP/AVP 31",
    "v=0\r\nm=audio 0 RTP/AVP 0",
    "v=0\r\nm=audio 1 RTP/SAVP 0",
  ]) {
    assert.equal(answer(bad), null, bad);
  }
});

test("an offer of our own can be answered by ourselves", () => {
  const text = offerText(LOCAL);
  assert.match(text, /m=audio 40002 RTP\/AVP 8 0 101\r\n/);
  assert.match(answer(text) ?? "", /m=audio 40002 RTP\/AVP 8 101\r\n/);
});
