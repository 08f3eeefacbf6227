import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseDigest, digestCredentials } from "../../../src/system/digest-client.ts";
import { parseAuthHeaders } from "../../../src/system/http-digest.ts";
import { scriptedServer } from "../../helpers/fake-sip.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";
import { CALLS, calledPhone, SDP, type Sent, status, tagIn } from "../called-phone.ts";
import { simulatedInMemory } from "../test-phone.ts";

test("a call rings, is answered after its time with a codec of both, and ends with BYE", async (t) => {
  const { sip, send, invite, read } = await calledPhone(t);
  const answers = invite();
  assert.deepEqual(answers.map(status), ["180 Ringing"]);
  assert.equal(await read(CALLS), "Ringing from sip:1002@pbx");
  await sip.time.advance(1_999);
  assert.equal(answers.length, 1);
  await sip.time.advance(1);
  assert.equal(status(answers[1]), "200 OK");
  assert.match(answers[1] ?? "", /\r\nm=audio 40002 RTP\/AVP 0\r\n/);
  assert.equal(await read(CALLS), "InCall from sip:1002@pbx");
  const to = tagIn(answers[1]);
  assert.equal(tagIn(answers[0]), to);
  send("ACK", { to });
  await sip.time.advance(60_000);
  assert.equal(answers.length, 2, "an acknowledged answer is not repeated");
  assert.deepEqual(send("BYE", { to, cseq: "2 BYE" }).map(status), ["200 OK"]);
  assert.equal(await read(CALLS), "");
});

test("an answer that is not acknowledged is repeated, and the phone hangs up after 32 seconds", async (t) => {
  const { sip, invite } = await calledPhone(t);
  const answers = invite();
  await sip.time.advance(2_000 + 32_000);
  assert.ok(answers.filter((text) => status(text) === "200 OK").length > 8);
  assert.match(answers.at(-1) ?? "", /^BYE sip:1002@198\.51\.100\.7:5060 SIP\/2\.0\r\n/);
});

test("a caller who gives up ends the ringing: 200 for the CANCEL, 487 for the INVITE", async (t) => {
  const { send, invite, read } = await calledPhone(t, { answerAfterMs: null });
  const answers = invite({ branch: "x" });
  assert.deepEqual(send("CANCEL", { branch: "x" }).map(status), ["200 OK"]);
  assert.deepEqual(answers.map(status), ["180 Ringing", "487 Request Terminated"]);
  assert.equal(await read(CALLS), "");
  assert.deepEqual(send("CANCEL", { branch: "y" }).map(status), ["481 Call/Transaction Does Not Exist"]);
});

for (const [what, settings, expected] of [
  ["do not disturb is busy", { "Config.Features.DND.Enable": "1" }, "486 Busy Here"],
  [
    "do not disturb has the code of the settings",
    { "Config.Features.DND.Enable": "1", "Config.Features.DND.ReturnCode": "480" },
    "480 Temporarily Unavailable",
  ],
  [
    "always forward sends the caller elsewhere",
    { "Config.Forward.ALWAYS.Enable": "1", "Config.Forward.ALWAYS.Target": "1003" },
    "302 Moved Temporarily",
  ],
] as const) {
  test(what, async (t) => {
    const { invite } = await calledPhone(t, {}, settings);
    const answers = invite();
    assert.deepEqual(answers.map(status), [expected]);
    if (expected.startsWith("302")) assert.match(answers[0] ?? "", /\r\nContact: <sip:1003@192\.0\.2\.1>\r\n/);
  });
}

test("a call that nobody answers is forwarded when its time is over", async (t) => {
  const forward = { Enable: "1", Target: "1004@other.example", Timeout: "12" };
  const settings = Object.fromEntries(
    Object.entries(forward).map(([key, value]) => [`Config.Forward.TIMEOUT.${key}`, value]),
  );
  const { sip, invite } = await calledPhone(t, { answerAfterMs: null }, settings);
  const answers = invite();
  await sip.time.advance(12_000);
  assert.deepEqual(answers.map(status), ["180 Ringing", "302 Moved Temporarily"]);
  assert.match(answers[1] ?? "", /Contact: <sip:1004@other\.example>/);
});

test("a second call rings while call waiting is on, a third finds the phone busy; without it the second does", async (t) => {
  const { invite, set } = await calledPhone(t, { answerAfterMs: null });
  const first = (more: Sent): string => status(invite(more)[0]);
  assert.equal(first({ branch: "1", callId: "1" }), "180 Ringing");
  assert.equal(first({ branch: "2", callId: "2" }), "180 Ringing");
  assert.equal(first({ branch: "3", callId: "3" }), "486 Busy Here");
  await set({ "Config.Forward.BUSY.Enable": "1", "Config.Forward.BUSY.Target": "1005" });
  assert.equal(first({ branch: "4", callId: "4" }), "302 Moved Temporarily");
});

for (const [what, settings, payload] of [
  ["of the highest priority", {}, "0"],
  ["that the settings put first", { "Config.Account1.Audio0.Priority": "1" }, "8"],
  ["that is on", { "Config.Account1.Audio0.Enable": "0" }, "8"],
] as const) {
  test(`a call is answered with the codec ${what}`, async (t) => {
    const { sip, invite } = await calledPhone(t, { answerAfterMs: 0 }, settings);
    const answers = invite();
    await sip.time.advance(0);
    assert.match(answers[1] ?? "", new RegExp(`\\r\\nm=audio 40002 RTP/AVP ${payload}\\r\\n`));
  });
}

test("an INVITE within a call is answered anew, and one with another body is refused", async (t) => {
  const { sip, send, invite } = await calledPhone(t);
  const answers = invite();
  await sip.time.advance(2_000);
  const to = tagIn(answers[1]);
  send("ACK", { to });
  const hold = invite({ branch: "hold", to, cseq: "2 INVITE", body: `${SDP}a=sendonly\r\n` });
  assert.match(hold[0] ?? "", /^SIP\/2\.0 200 OK[\s\S]*\r\na=recvonly\r\n/);
  send("ACK", { to, cseq: "2 ACK", branch: "ack2" });
  assert.equal(status(invite({ branch: "no", to, cseq: "3 INVITE", body: "v=0\r\n" })[0]), "488 Not Acceptable Here");
  const text = invite({ branch: "t", callId: "t", body: "", headers: ["Content-Type: text/plain"] });
  assert.equal(status(text[0]), "180 Ringing", "without a body its type does not matter");
});

test("what is for no call, asks for extensions or is no method of a phone is refused as RFC 3261 says", async (t) => {
  const { send } = await calledPhone(t);
  const answer = (method: string, more: Sent = {}): string => status(send(method, more)[0]);
  assert.equal(answer("OPTIONS"), "200 OK");
  assert.equal(answer("BYE", { to: "unknown" }), "481 Call/Transaction Does Not Exist");
  assert.equal(answer("BYE", { branch: "b2" }), "481 Call/Transaction Does Not Exist");
  assert.equal(answer("MESSAGE"), "405 Method Not Allowed");
  assert.equal(answer("NEWMETHOD"), "405 Method Not Allowed");
  assert.equal(answer("INVITE", { headers: ["Require: nothingSupportsThis"] }), "420 Bad Extension");
  assert.equal(
    answer("INVITE", { branch: "e", body: "x", headers: ["Content-Encoding: gzip"] }),
    "415 Unsupported Media Type",
  );
  assert.equal(answer("NOTIFY", { headers: ["Event: message-summary"] }), "489 Bad Event");
});

test("check-sync needs the account's password, and then asks for new files or a restart", async (t) => {
  const { send, environment, contact } = await calledPhone(t);
  const asked: boolean[] = [];
  environment.onCheckSync((reboot) => void asked.push(reboot));
  const event = ["Event: check-sync;reboot=true"];
  const [challenge] = send("NOTIFY", { headers: event });
  assert.equal(status(challenge), "401 Unauthorized");
  const offered = [...(challenge ?? "").matchAll(/WWW-Authenticate: ([^\r]+)/g)].map(([, line]) => line).join(", ");
  const digest = chooseDigest(parseAuthHeaders(offered));
  assert.ok(digest !== null);
  const credentials = (password: string): string =>
    `Authorization: ${digestCredentials(digest, { username: "1001", password, method: "NOTIFY", uri: contact, uses: 1, cnonce: "c" })}`;
  assert.equal(
    status(send("NOTIFY", { branch: "w", headers: [...event, credentials("wrong")] })[0]),
    "401 Unauthorized",
  );
  assert.deepEqual(asked, []);
  assert.equal(status(send("NOTIFY", { branch: "r", headers: [...event, credentials("secret")] })[0]), "200 OK");
  send("NOTIFY", { branch: "s", headers: ["Event: check-sync", credentials("secret")] });
  assert.deepEqual(asked, [true, false]);
});

test("the phone calls: it follows a redirection, acknowledges, and hangs up", async (t) => {
  const { sip, backend, read } = await calledPhone(t);
  const rings = scriptedServer((request) =>
    request.method === "INVITE" ? [200, { Contact: "<sip:1002@192.0.2.2:5070>" }] : [200],
  );
  sip.servers.set("192.0.2.2:5070", rings);
  sip.servers.set(
    "192.0.2.1:5060",
    scriptedServer(({ method }) => (method === "INVITE" ? [302, { Contact: "<sip:1002@192.0.2.2:5070>" }] : [200])),
  );
  await backend.calls?.dial(1, "1002");
  await sip.time.advance(0);
  assert.equal(await read(CALLS), "InCall to sip:1002@192.0.2.1");
  const methods = (): readonly string[] => sip.lines().map((line) => line.split(" ").slice(1, 3).join(" "));
  assert.deepEqual(methods().slice(1), [
    ...["192.0.2.1:5060 INVITE", "192.0.2.1:5060 ACK", "192.0.2.2:5070 INVITE", "192.0.2.2:5070 ACK"],
  ]);
  backend.calls?.hangUp();
  await sip.time.advance(0);
  assert.equal(methods().at(-1), "192.0.2.2:5070 BYE");
  assert.equal(await read(CALLS), "");
});

test("a call is cancelled once the other side rings, and a line that is not up cannot call", async (t) => {
  const { sip, backend, read } = await calledPhone(t);
  sip.servers.set(
    "192.0.2.1:5060",
    scriptedServer(({ method }) => (method === "INVITE" ? [180] : [200])),
  );
  await backend.calls?.dial(1, "1002");
  await sip.time.advance(0);
  assert.equal(await read(CALLS), "Ringing to sip:1002@192.0.2.1");
  backend.calls?.hangUp();
  assert.match(sip.sent.at(-1)?.text ?? "", /^CANCEL /);
  await assert.rejects(async () => backend.calls?.dial(2, "1002"), /line 2 is not registered/);
});

test("a call that was given up is no call any more, and is forgotten within 32 seconds where the other side says nothing", async (t) => {
  const { sip, backend, read, invite } = await calledPhone(t, { answerAfterMs: null });
  sip.servers.set(
    "192.0.2.1:5060",
    scriptedServer(({ method }) => (method === "INVITE" ? [180] : null)),
  );
  await backend.calls?.dial(1, "1002");
  await sip.time.advance(60_000);
  assert.equal(await read(CALLS), "Ringing to sip:1002@192.0.2.1");
  backend.calls?.hangUp();
  assert.equal(await read(CALLS), "");
  const first = (more: Sent): string => status(invite(more)[0]);
  assert.deepEqual([first({ callId: "1" }), first({ callId: "2", branch: "2" })], ["180 Ringing", "180 Ringing"]);
  assert.equal(sip.stack.transactions.waiting, 2);
  await sip.time.advance(32_000);
  assert.equal(sip.stack.transactions.waiting, 0);
});

test("a phone that restarts while another rings for it cancels the call", async (t) => {
  const { sip, backend } = await calledPhone(t);
  let invite: string | null = null;
  sip.servers.set("192.0.2.1:5060", (bytes, back) => {
    const text = Buffer.from(bytes).toString();
    if (text.startsWith("INVITE ")) {
      invite = text;
      scriptedServer(() => [180])(bytes, back);
    } else if (text.startsWith("CANCEL ")) {
      scriptedServer(() => [200])(bytes, back);
      scriptedServer(() => [487])(Buffer.from(invite ?? ""), back);
    } else if (!text.startsWith("ACK ")) scriptedServer(() => [200])(bytes, back);
  });
  await backend.calls?.dial(1, "1002");
  await sip.time.advance(0);
  void backend.reboot("");
  await sip.time.advance(0);
  const methods = sip.lines().map((line) => line.split(" ")[2]);
  assert.deepEqual(methods.filter((method) => method !== "REGISTER").toSorted(), ["ACK", "CANCEL", "INVITE"]);
});

test("a phone that hangs up while it looks for where a call was redirected to calls nobody", async (t) => {
  const { sip, backend, read } = await calledPhone(t);
  sip.servers.set(
    "192.0.2.1:5060",
    scriptedServer(({ method }) => (method === "INVITE" ? [302, { Contact: "<sip:1002@late.example:5070>" }] : [200])),
  );
  let known = (): void => {};
  const asked = new Promise<readonly string[]>((resolve) => {
    known = () => resolve(["192.0.2.2"]);
  });
  t.mock.method(sip.stack, "locate", async () =>
    (await asked).map((host) => ({ host, port: 5070, protocol: "UDP", name: host })),
  );
  await backend.calls?.dial(1, "1002");
  await sip.time.advance(0);
  backend.calls?.hangUp();
  known();
  await sip.time.advance(60_000);
  assert.ok(!sip.lines().some((line) => line.includes("192.0.2.2")));
  assert.equal(await read(CALLS), "");
  assert.equal(sip.stack.transactions.waiting, 0);
});

test("the person of the script calls and hangs up, and a phone whose lines cannot call says so in the log", async (t) => {
  const steps = [
    { atMs: 1_000, everyMs: 0, times: 1, action: { kind: "call", account: 1, number: "1002" } },
    { atMs: 5_000, everyMs: 0, times: 1, action: { kind: "hangUp" } },
  ] as const;
  const { sip, read } = await calledPhone(t, {}, {}, steps);
  sip.servers.set(
    "192.0.2.1:5060",
    scriptedServer(() => [200, { Contact: "<sip:1002@192.0.2.1>" }]),
  );
  await sip.time.advance(4_999);
  assert.equal(await read(CALLS), "InCall to sip:1002@192.0.2.1");
  await sip.time.advance(1);
  assert.equal(await read(CALLS), "");
  const log = createMemoryLogger();
  const silent = await simulatedInMemory({ script: steps, log });
  await silent.start();
  t.after(() => silent.backend.stop());
  await silent.time.advance(5_000);
  assert.equal(log.text().split("cannot call: the lines of this phone do not speak SIP").length, 3);
});

test("a phone without power ends its calls", async (t) => {
  const { sip, invite, environment, read } = await calledPhone(t, { answerAfterMs: 0 });
  invite();
  await sip.time.advance(0);
  assert.equal(await read(CALLS), "InCall from sip:1002@pbx");
  environment.setCable(false);
  assert.equal(await read(CALLS), "");
});

test("a call through an outbound proxy has it as its route, also when it is cancelled", async (t) => {
  const outproxy = { "OUTPROXY.Enable": "1", "OUTPROXY.Server": "192.0.2.9", "OUTPROXY.Port": "5070" };
  const keys = Object.entries(outproxy).map(([key, value]) => [`Config.Account1.${key}`, value]);
  const { sip, backend, read } = await calledPhone(t, {}, Object.fromEntries(keys));
  sip.servers.set(
    "192.0.2.9:5070",
    scriptedServer(({ method }) => (method === "INVITE" ? [180] : [200])),
  );
  await sip.time.advance(60_000);
  await backend.calls?.dial(1, "1002");
  await sip.time.advance(0);
  assert.equal(await read(CALLS), "Ringing to sip:1002@192.0.2.1");
  backend.calls?.hangUp();
  const [invite, cancel] = sip.sent.slice(-2);
  for (const [sent, method] of [
    [invite, "INVITE"],
    [cancel, "CANCEL"],
  ] as const) {
    assert.equal(sent?.to, "192.0.2.9:5070");
    assert.match(sent?.text ?? "", new RegExp(`^${method} sip:1002@192\\.0\\.2\\.1 SIP/2\\.0\r\n`));
    assert.match(sent?.text ?? "", /\r\nRoute: <sip:192\.0\.2\.9:5070;lr>\r\n/);
  }
});

test("another ListenPort frees the old one, after the registrar was told and a call that goes on has ended", async (t) => {
  const { sip, backend } = await calledPhone(t, { answerAfterMs: 0 });
  const set = async (key: string, value: string): Promise<void> => {
    await (await backend.stage(new Map([[`Config.Account1.${key}`, value]]))).apply();
    await sip.time.advance(1_000);
  };
  assert.deepEqual(sip.ports, [5062]);
  await set("SIP.ListenPort", "5082");
  assert.deepEqual(sip.ports, [5082]);
  await backend.calls?.dial(1, "1002");
  await sip.time.advance(0);
  await set("SIP.ListenPort", "5092");
  assert.deepEqual(sip.ports, [5082, 5092]);
  backend.calls?.hangUp();
  await sip.time.advance(60_000);
  assert.deepEqual(sip.ports, [5092]);
  await set("GENERAL.Enable", "0");
  assert.deepEqual(sip.ports, []);
});
