import assert from "node:assert/strict";
import { test } from "node:test";
import type { PnpPhone } from "../../../src/ports/pnp.ts";
import type { SipFlow } from "../../../src/ports/sip.ts";
import { headerOf, type SipRequest } from "../../../src/sip/message/message.ts";
import { responseBytes } from "../../../src/sip/message/response.ts";
import { PnpAnswerer, type PnpQuestion } from "../../../src/sip/pnp/pnp-answerer.ts";
import { PnpClient } from "../../../src/sip/pnp/pnp-client.ts";
import { createFakeSip, type FakeSip } from "../../helpers/fake-sip.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

const PHONE: PnpPhone = {
  macAddress: "0C:11:05:AB:CD:EF",
  vendor: "Akuvox",
  modelName: "SP-R53P",
  firmware: "53.0.3.55",
};
const GROUP = { host: "224.0.1.75", port: 5060 };
const AT_GROUP = "224.0.1.75:5060";
const URL = "http://files.example/prov/";
const LIMIT = { open: () => true, record: () => {} };

function asking(world: FakeSip, limit = LIMIT) {
  const closed: number[] = [];
  const client = new PnpClient({
    ...world.time,
    random: seededRandom("pnp"),
    openTransport: () => ({
      ...world.transport,
      close: async () => void closed.push(Math.round(world.time.clock.monotonic())),
    }),
    group: GROUP,
    limit,
    problemOf: (url) => (url.includes("forbidden") ? "the host is not allowed" : null),
  });
  return { client, closed, ask: (signal = new AbortController().signal) => client.ask(PHONE, signal) };
}

function answererIn(world: FakeSip, url = URL): PnpQuestion[] {
  const questions: PnpQuestion[] = [];
  const answered = (question: PnpQuestion): void => void questions.push(question);
  const answerer = new PnpAnswerer({ ...world.time, random: seededRandom("answerer"), url, limit: LIMIT, answered });
  world.servers.set(AT_GROUP, answerer.listener.received);
  return questions;
}

/** The SUBSCRIBE that was sent last. */
function question(world: FakeSip): SipRequest {
  const message = world.sent.findLast(({ text }) => text.startsWith("SUBSCRIBE"))?.message;
  assert(message?.kind === "request");
  return message;
}

/** A NOTIFY to that question, with some of it otherwise. */
function notify(world: FakeSip, type: string, body: string, other: Readonly<Record<string, string>> = {}): string {
  const asked = question(world);
  const headers = {
    Via: "SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bKnotify;rport",
    "Max-Forwards": "70",
    From: "<sip:MAC0c1105abcdef@224.0.1.75>;tag=server",
    To: headerOf(asked, "From") ?? "",
    "Call-ID": headerOf(asked, "Call-ID") ?? "",
    CSeq: "1 NOTIFY",
    Contact: "<sip:198.51.100.7:5060>",
    Event: "ua-profile",
    "Subscription-State": "terminated;reason=timeout",
    "Content-Type": type,
    ...other,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `NOTIFY sip:MAC0c1105abcdef@192.0.2.50:5062 SIP/2.0\r\n${lines.join("")}Content-Length: ${body.length}\r\n\r\n${body}`;
}

const firstLine = (answers: readonly string[]): (string | undefined)[] => answers.map((text) => text.split("\r\n")[0]);

test("a phone asks as Akuvox phones do, byte for byte", async () => {
  const world = createFakeSip();
  void asking(world).ask();
  await world.time.advance(0);
  const text = world.sent[0]?.text ?? "";
  assert.equal(world.sent[0]?.to, AT_GROUP);
  assert.equal(
    text.replace(/branch=z9hG4bK[0-9a-f]{20}/, "branch=B").replace(/[0-9a-f]{24}/g, "T"),
    [
      "SUBSCRIBE sip:MAC0c1105abcdef@224.0.1.75 SIP/2.0",
      "Via: SIP/2.0/UDP 192.0.2.50:5062;branch=B;rport",
      "Max-Forwards: 70",
      "From: <sip:MAC0c1105abcdef@224.0.1.75>;tag=T",
      "To: <sip:MAC0c1105abcdef@224.0.1.75>",
      "Call-ID: T",
      "CSeq: 1 SUBSCRIBE",
      "Contact: <sip:MAC0c1105abcdef@192.0.2.50:5062>",
      "Expires: 0",
      'Event: ua-profile;profile-type="device";vendor="Akuvox";model="SP-R53P";version="53.0.3.55"',
      "Accept: application/url, message/external-body",
      "User-Agent: Akuvox SP-R53P 53.0.3.55",
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n"),
  );
});

test("a server on the network answers, and the phone has its URL at once", async () => {
  const world = createFakeSip();
  const questions = answererIn(world);
  const { ask } = asking(world);
  assert.deepEqual(await world.time.runUntil(ask()), { kind: "url", url: URL, from: AT_GROUP });
  assert.deepEqual(questions, [
    { macAddress: "0c1105abcdef", userAgent: "Akuvox SP-R53P 53.0.3.55", from: "192.0.2.50:5062" },
  ]);
  assert.deepEqual(world.lines(), [
    `0 ${AT_GROUP} SUBSCRIBE sip:MAC0c1105abcdef@224.0.1.75 SIP/2.0`,
    `0 ${AT_GROUP} SIP/2.0 200 OK`,
  ]);
});

test("lost datagrams cost half a second, and then a second; after eight seconds nobody is waited for", async () => {
  const world = createFakeSip();
  answererIn(world);
  const { ask } = asking(world);
  world.lose(2);
  await world.time.runUntil(ask());
  assert.equal(world.time.clock.monotonic(), 1_500);

  const silent = createFakeSip();
  const none = await silent.time.runUntil(asking(silent).ask());
  assert.deepEqual(none, { kind: "none", reason: "nobody answers" });
  assert.equal(silent.time.clock.monotonic(), 8_000);
  assert.deepEqual(
    silent.sent.map(({ atMs }) => atMs),
    [0, 500, 1_500, 3_500, 7_500],
  );
});

test("the URL comes as text or as the parameter of an external body", async () => {
  const external =
    'message/external-body; access-type="URL"; expiration="Mon, 01 Jan 2035 09:00:00 GMT"; URL="http://a.example/x;y"';
  const forms: readonly (readonly [string, string, string])[] = [
    ["application/url", "http://a.example/x", "http://a.example/x"],
    ["Application/URL;charset=utf-8", "\r\nhttp://a.example/x\r\n", "http://a.example/x"],
    ["application/url", '"http://a.example/x"\n', "http://a.example/x"],
    [external, "Content-Type: application/x-cfg\r\n\r\n", "http://a.example/x;y"],
    [external, "", "http://a.example/x;y"],
  ];
  for (const [type, body, url] of forms) {
    const world = createFakeSip();
    const answer = asking(world).ask();
    await world.time.advance(0);
    const { answers } = world.deliver(notify(world, type, body));
    assert.deepEqual(firstLine(answers), ["SIP/2.0 200 OK"]);
    assert.deepEqual(await world.time.runUntil(answer), { kind: "url", url, from: "198.51.100.7:5060" });
  }
});

test("what is no answer to the question changes nothing, and the real one is still heard", async () => {
  const world = createFakeSip();
  const answer = asking(world).ask();
  await world.time.advance(0);
  const bad: readonly (readonly [string, string])[] = [
    [notify(world, "application/url", "http://evil.example/", { "Call-ID": "guess" }), "481"],
    [
      notify(world, "application/url", "http://evil.example/", { To: "<sip:MAC0c1105abcdef@224.0.1.75>;tag=guess" }),
      "481",
    ],
    [notify(world, "application/url", "http://evil.example/", { Event: "check-sync" }), "489"],
    [
      notify(world, "application/url", "http://evil.example/")
        .replace(/^NOTIFY/, "MESSAGE")
        .replace("1 NOTIFY", "1 MESSAGE"),
      "481",
    ],
    [notify(world, "text/html", "<html></html>"), "415"],
    [notify(world, "application/url", ""), "200"],
    [notify(world, "application/url", "come and get it"), "200"],
    [notify(world, "application/url", "http://forbidden.example/"), "200"],
    [notify(world, "application/url", `http://a.example/${"x".repeat(65_000)}`), "200"],
  ];
  for (const [text, status] of bad) {
    const { answers } = world.deliver(text);
    assert.deepEqual(
      answers.map((line) => line.split(" ")[1]),
      [status],
      text.slice(0, 800),
    );
  }
  assert.deepEqual(
    world.deliver(notify(world, "application/url", `http://a.example/${"x".repeat(66_000)}`)).answers,
    [],
  );
  world.deliver(notify(world, "application/url", URL));
  assert.deepEqual(await world.time.runUntil(answer), { kind: "url", url: URL, from: "198.51.100.7:5060" });
});

test("a thousand strangers get no more answers than the limit has, and none is longer than what they sent", async () => {
  const world = createFakeSip();
  let left = 5;
  const { ask } = asking(world, { open: () => left > 0, record: () => void left-- });
  const answer = ask();
  await world.time.advance(0);
  const sent = Array.from({ length: 1_000 }, (_, index) => {
    const text = notify(world, "application/url", "http://evil.example/", { "Call-ID": `guess${index}` });
    return { text, ...world.deliver(text) };
  });
  const answered = sent.filter(({ answers }) => answers.length > 0);
  assert.equal(answered.length, 5);
  for (const { text, answers } of answered) assert((answers[0]?.length ?? 0) <= text.length);
  assert.equal((await world.time.runUntil(answer)).kind, "none");
});

test("a refusal of one who hears the group ends nothing; the reason says what did come", async () => {
  const world = createFakeSip();
  world.servers.set(AT_GROUP, (bytes, back) => {
    const asked = question(world);
    if (bytes.length > 0) back.send(responseBytes(asked, back, 404));
  });
  const answer = asking(world).ask();
  await world.time.advance(2_000);
  world.deliver(notify(world, "application/url", "http://forbidden.example/"));
  assert.deepEqual(await world.time.runUntil(answer), {
    kind: "none",
    reason: "198.51.100.7:5060 answers with a URL that is not used: the host is not allowed",
  });
});

test("a repeated NOTIFY is answered again for five seconds, then the socket is closed", async () => {
  const world = createFakeSip();
  const { ask, closed } = asking(world);
  const answer = ask();
  await world.time.advance(0);
  const text = notify(world, "application/url", URL);
  world.deliver(text);
  await answer;
  await world.time.advance(4_000);
  assert.deepEqual(firstLine(world.deliver(text).answers), ["SIP/2.0 200 OK"]);
  assert.deepEqual(closed, []);
  await world.time.advance(2_000);
  assert.deepEqual(closed, [5_000]);
  assert.deepEqual(world.time.pendingTimers(), [], "nothing is left behind");
});

test("a phone that stops waits for nobody, and leaves nothing behind", async () => {
  const world = createFakeSip();
  const { ask, client, closed } = asking(world);
  const stop = new AbortController();
  const answer = ask(stop.signal);
  await world.time.advance(100);
  stop.abort();
  assert.deepEqual(await answer, { kind: "none", reason: "the phone stops" });
  const other = ask();
  await world.time.advance(0);
  await client.close();
  assert.equal((await other).kind, "none");
  assert.equal(closed.length, 1);
  assert.deepEqual(world.time.pendingTimers(), []);
  assert.equal((await ask()).kind, "none", "nobody is asked afterwards");
});

test("an answerer hears nothing but questions for profiles, and answers as many as its limit has", async () => {
  const world = createFakeSip();
  void asking(world).ask();
  await world.time.advance(0);
  const text = world.sent[0]?.text ?? "";
  const questions: PnpQuestion[] = [];
  let left = 2;
  const sent: string[] = [];
  const answerer = new PnpAnswerer({
    ...{ ...world.time, random: seededRandom("answerer"), url: URL },
    limit: { open: () => left > 0, record: () => void left-- },
    answered: (one) => void questions.push(one),
  });
  const flow: SipFlow = {
    protocol: "UDP",
    remote: { host: "192.0.2.50", port: 5062 },
    local: { host: "192.0.2.1", port: 40_000 },
    send: (bytes) => void sent.push(Buffer.from(bytes).toString("utf8").split("\r\n")[0] ?? ""),
  };
  const hear = (message: string): void => answerer.listener.received(Buffer.from(message), flow);
  hear(text.replace("Event: ua-profile", "Event: presence"));
  hear(text.replaceAll("SUBSCRIBE", "OPTIONS"));
  hear("nonsense");
  assert.deepEqual(sent, []);
  for (let index = 0; index < 4; index++) hear(text.replace(/branch=z9hG4bK/, `branch=z9hG4bK${index}`));
  assert.deepEqual(sent, [
    ...["SIP/2.0 200 OK", "NOTIFY sip:MAC0c1105abcdef@192.0.2.50:5062 SIP/2.0"],
    ...["SIP/2.0 200 OK", "NOTIFY sip:MAC0c1105abcdef@192.0.2.50:5062 SIP/2.0"],
  ]);
  assert.equal(questions.length, 2);
  answerer.abandon();
  assert.equal(sent.length, 4);
});
