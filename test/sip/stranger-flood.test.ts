/** What strangers can do to a phone over UDP, where the address of a sender may be another's: little, however many they are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Registration } from "../../src/sip/registration/registration.ts";
import { createFakeSip, type FakeSip, scriptedServer } from "../helpers/fake-sip.ts";
import { seededRandom } from "../helpers/seeded-random.ts";
import { TORTURE } from "../helpers/torture-messages.ts";

const PER_SECOND = 50;
const METHODS = ["OPTIONS", "INVITE", "REGISTER", "BYE", "CANCEL", "ACK", "MESSAGE", "NOTIFY", "INFO", "NEW"];
/** Beside a whole request: what is missing, wrong or long in others. */
const FORMS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replace(/From: .*\r\n/, ""),
  (text) => text.replace("SIP/2.0\r\n", "SIP/3.0\r\n"),
  (text) => text.replace(/ sip:\S+ /, " tel:1001 "),
  (text) => text.replace(/ sip:\S+ /, " sip:[ "),
  (text) => text.replace(/CSeq: .*\r\n/, "CSeq: 1 OTHER\r\n"),
  (text) =>
    text
      .replace(/Via: (.*)\r\n/, "v:$1\r\n")
      .replace("From", "f")
      .replace("To", "t")
      .replace("Call-ID", "i"),
  (text) =>
    text.replace("\r\nFrom", ";rport\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nRecord-Route: <sip:a;lr>\r\nFrom"),
  (text) => text.replace("\r\nFrom", `\r\nRequire: ${"x".repeat(400)}\r\nFrom`),
];

/** One of as many addresses as there are numbers. */
const address = (number: number): string => `198.${18 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;

/** The request of a stranger whom nobody has ever seen. */
function requestOf(number: number): string {
  const method = METHODS[number % METHODS.length] ?? "";
  const text = [
    `${method} sip:1001@192.0.2.50:5062 SIP/2.0`,
    `Via: SIP/2.0/UDP ${address(number)}:5060;branch=z9hG4bK${number}`,
    ...["From: <sip:a@b>;tag=1", "To: <sip:1001@c>", `Call-ID: ${number}`, `CSeq: 1 ${method}`, "", ""],
  ].join("\r\n");
  return (FORMS[Math.floor(number / METHODS.length) % FORMS.length] ?? String)(text);
}

interface Flood {
  readonly requests: number;
  /** When each answer went out, on the virtual clock. */
  readonly answeredMs: readonly number[];
}

/** So many strangers, each with one datagram, evenly over a time. None of its answers may be longer than what it answers. */
async function flood(world: FakeSip, count: number, overMs: number, first = 0): Promise<Flood> {
  const answeredMs: number[] = [];
  for (let number = first; number < first + count; number++) {
    const text = requestOf(number);
    const { answers } = world.deliver(text, { host: address(number), port: 5060 });
    assert.ok(answers.length <= 1, "more answers than requests");
    for (const answer of answers) {
      assert.ok(Buffer.byteLength(answer) <= Buffer.byteLength(text), `${answer}\nis longer than\n${text}`);
      answeredMs.push(world.time.clock.monotonic());
    }
    if (number % 100 === 99) await world.time.advance((overMs * 100) / count);
  }
  return { requests: count, answeredMs };
}

test("twenty thousand strangers, each from an address of its own, get fifty answers in any second, and none that is longer than what it answers", async () => {
  const world = createFakeSip({ strangersPerSecond: PER_SECOND });
  const { answeredMs } = await flood(world, 20_000, 10_000);
  assert.ok(answeredMs.length >= 10 * (PER_SECOND - 1), "the limit refuses some, not all");
  for (const [at, fromMs] of answeredMs.entries()) {
    const after = answeredMs[at + PER_SECOND];
    assert.ok(after === undefined || after - fromMs >= 1_000, `more than ${PER_SECOND} within a second`);
  }
  assert.equal(world.sent.length, 0, "nothing else leaves");
  assert.deepEqual(world.time.pendingTimers(), [], "of none of them anything is kept");
});

test("no answer to a stranger is longer than what it answers, also of messages that are odd or cut off", () => {
  const world = createFakeSip();
  const random = seededRandom("cut");
  const texts = [...TORTURE.map(({ text }) => text), ...Array.from({ length: 90 }, (_, number) => requestOf(number))];
  let answered = 0;
  for (const text of texts) {
    for (let tries = 0; tries < 20; tries++) {
      const whole = Buffer.from(text);
      const bytes = tries === 0 ? whole : whole.subarray(0, Math.floor(random.between(1, whole.length)));
      const { answers } = world.deliverBytes(bytes);
      assert.ok(answers.length <= 1);
      for (const answer of answers) assert.ok(Buffer.byteLength(answer) <= bytes.length, text);
      answered += answers.length;
    }
  }
  assert.ok(answered > 50, `${answered} are answered`);
});

test("while strangers flood, a phone registers, refreshes, is called and answers its registrar", async () => {
  const world = createFakeSip({ strangersPerSecond: PER_SECOND });
  world.servers.set(
    "192.0.2.1:5060",
    scriptedServer((request) => {
      const isKnown = request.headers.some(({ name }) => name === "Authorization");
      return isKnown
        ? [200, { Expires: "60" }]
        : [401, { "WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"' }];
    }),
  );
  const states: string[] = [];
  const heard: string[] = [];
  const registration = new Registration({
    stack: world.stack,
    account: {
      ...{ user: "1001", display: "", authName: "1001", password: "correct horse", proxy: null, localPort: 5062 },
      ...{ servers: [{ host: "192.0.2.1", port: 5060, protocol: "UDP" }], expiresSeconds: 60, keepAliveSeconds: 0 },
      userAgent: "Akuvox",
    },
    isConnected: () => true,
    changed: (status) => void states.push(status),
  });
  world.stack.attach(registration.line, {
    request(request, from) {
      heard.push(request.method);
      world.stack.transactions.serve(request, from)?.answer(200, Buffer.from("SIP/2.0 200 OK\r\n\r\n"));
    },
    closed: () => {},
  });
  await flood(world, 1_000, 100);
  registration.start();
  for (let second = 0; second < 120; second++) {
    await flood(world, 200, 1_000, second * 200);
    const text = requestOf(0).replace("192.0.2.50:5062", `192.0.2.50:5062;line=${registration.line}`);
    const ping = text.replace("z9hG4bK0", `z9hG4bKping${second}`);
    assert.equal(world.deliver(ping, { host: "192.0.2.1", port: 5060 }).answers.length, 1, `second ${second}`);
  }
  assert.deepEqual(states, ["Registering", "Up", "Up", "Up"], "registered, and refreshed twice");
  assert.equal(world.sent.length, 4, "nothing had to be repeated");
  assert.equal(heard.length, 120);
});

test("memory is as it was after 180,000 requests of strangers, over UDP and over a connection", async () => {
  const world = createFakeSip({ strangersPerSecond: PER_SECOND });
  const flow = {
    protocol: "TCP",
    remote: { host: "192.0.2.1", port: 5060 },
    local: { host: "192.0.2.50", port: 40_000 },
  };
  let answers = 0;
  const connection = { ...flow, protocol: "TCP", send: () => void answers++ } as const;
  const many = async (count: number): Promise<void> => {
    await flood(world, count / 5, 10_000);
    for (let number = 0; number < count; number++) world.receive(Buffer.from(requestOf(number % 10)), connection);
  };
  await many(5_000);
  const before = heapUsed();
  await many(150_000);
  const grown = heapUsed() - before;
  assert.ok(answers > 120_000, "a connection proves where its sender is: each request is answered");
  // Eight bytes for each of them would be 1.2 million.
  assert.ok(grown < 600_000, `${grown} bytes more`);
});

function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
