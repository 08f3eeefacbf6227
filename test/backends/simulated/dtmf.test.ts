/** How a phone takes pressed keys: from its setting to what goes over the wire. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { calledPhone, SDP, type Sent, status, tagIn } from "../called-phone.ts";

const RELAY = { type: "application/dtmf-relay", body: "Signal=5\r\nDuration=160\r\n" };
const KEY = { type: "application/dtmf", body: "#" };
const OFFER = `${SDP.replace("AVP 0 8", "AVP 0 8 97")}a=rtpmap:97 telephone-event/8000\r\na=fmtp:97 0-15\r\n`;

/** A phone with these settings in a call, its SDP, and what it says to an INFO. */
async function inCall(t: Parameters<typeof calledPhone>[0], dtmf: Readonly<Record<string, string>>) {
  const settings = Object.entries(dtmf).map(([item, value]) => [`Config.Account1.DTMF.${item}`, value]);
  const { sip, send, invite } = await calledPhone(t, {}, Object.fromEntries(settings));
  const answers = invite({ body: OFFER });
  await sip.time.advance(2_000);
  const to = tagIn(answers[1]);
  send("ACK", { to });
  let sequence = 1;
  const info = (sent: Sent): string =>
    send("INFO", { to, branch: `info${++sequence}`, cseq: `${sequence} INFO`, ...sent })[0] ?? "";
  return { sdp: answers[1] ?? "", info };
}

for (const [type, meaning, asEvents, byInfo] of [
  ["0", "in the voice", false, false],
  ["1", "as RFC 4733 events", true, false],
  ["2", "by INFO", false, true],
  ["3", "in the voice and by INFO", false, true],
  ["4", "as RFC 4733 events and by INFO", true, true],
  ["", "by INFO where nothing is set", false, true],
] as const) {
  test(`DTMF.Type ${type}: keys come ${meaning}`, async (t) => {
    const { sdp, info } = await inCall(t, type === "" ? {} : { Type: type });
    const events = ["m=audio 40002 RTP/AVP 0 97", "a=rtpmap:97 telephone-event/8000", "a=fmtp:97 0-15"];
    for (const line of events) assert.equal(sdp.split("\r\n").includes(line), asEvents, line);
    assert.equal(sdp.includes("telephone-event"), asEvents);
    for (const body of [RELAY, KEY]) {
      const answer = info(body);
      assert.equal(status(answer), byInfo ? "200 OK" : "415 Unsupported Media Type");
      assert.equal(/^Accept: *\r$/m.test(answer), !byInfo, "a phone that takes no keys takes no body");
    }
    assert.equal(status(info({})), "200 OK", "without a body an INFO asks whether the call is still there");
  });
}

test("a phone that calls offers events with the payload type of its setting, or none", async (t) => {
  const { sip, set, backend } = await calledPhone(t, {}, { "Config.Account1.DTMF.Type": "4" });
  const offered = async (): Promise<string> => {
    await backend.calls?.dial(1, "1002");
    await sip.time.advance(0);
    return sip.sent.findLast(({ text }) => text.startsWith("INVITE "))?.text ?? "";
  };
  assert.match(await offered(), /\r\na=rtpmap:101 telephone-event\/8000\r\n/);
  await set({ "Config.Account1.DTMF.Payload": "126" });
  assert.match(await offered(), /\r\na=rtpmap:126 telephone-event\/8000\r\n/);
  await set({ "Config.Account1.DTMF.Payload": "12" });
  assert.match(await offered(), /\r\na=rtpmap:101 telephone-event\/8000\r\n/);
  await set({ "Config.Account1.DTMF.Type": "2" });
  assert.doesNotMatch(await offered(), /telephone-event/);
});

test("of bodies of INFO only keys are taken, in the forms that are in use", async (t) => {
  const { info } = await inCall(t, { Type: "2" });
  const relay = (body: string): string => status(info({ type: "application/DTMF-Relay; charset=utf-8", body }));
  for (const body of ["Signal= *\r\n", "Signal:#", "signal=16\nDuration=100\n", "Duration=250\r\nSignal=D\r\n"]) {
    assert.equal(relay(body), "200 OK", body);
  }
  for (const body of ["Duration=250\r\n", "Signal=\r\n", "Signal=17\r\n", "Signal=E\r\n", "\0".repeat(5_000)]) {
    assert.equal(relay(body), "400 Bad Request", JSON.stringify(body.slice(0, 20)));
  }
  const picture = info({ type: "application/media_control+xml", body: "<media_control/>" });
  assert.match(picture, /^SIP\/2\.0 415 [\s\S]*\r\nAccept: application\/dtmf-relay, application\/dtmf\r\n/);
  const packaged = info({ ...RELAY, headers: ["Info-Package: g.dtmf"] });
  assert.match(packaged, /^SIP\/2\.0 469 Bad Info Package\r\n[\s\S]*\r\nRecv-Info: *\r\n/);
});
