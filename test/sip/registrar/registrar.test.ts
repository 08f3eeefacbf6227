import assert from "node:assert/strict";
import { test } from "node:test";
import { createNonces } from "../../../src/connection-request/nonces.ts";
import type { SipFlow } from "../../../src/ports/sip.ts";
import { headerOf, headersOf, listOf } from "../../../src/sip/message/message.ts";
import { parseMessage } from "../../../src/sip/message/parse.ts";
import { Registrar, type RegistrarEvent, type RegistrarOptions } from "../../../src/sip/registrar/registrar.ts";
import { chooseDigest, digestCredentials } from "../../../src/system/digest-client.ts";
import { parseAuthHeaders } from "../../../src/system/http-digest.ts";
import { createFakeTime } from "../../helpers/fake-time.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

const URI = "sip:pbx";

function open(more: Partial<RegistrarOptions> = {}) {
  const time = createFakeTime({ inMemory: true });
  const random = seededRandom("registrar");
  const events: RegistrarEvent[] = [];
  const registrar = new Registrar({
    ...{ ...time, random, nonces: createNonces(time.clock, random), realm: "pbx", nonceSeconds: 300 },
    password: (user) => ({ "1001": "one", "1002": "two" })[user],
    ...{ refusal: () => null, minExpiresSeconds: 60, maxExpiresSeconds: 3_600 },
    event: (event) => void events.push(event),
    ...more,
  });
  let count = 0;
  /** The port that the phone's NAT has given it. */
  const nat = { port: 5062 };
  function send(method: string, headers: readonly string[], uri = URI) {
    const answers: Uint8Array[] = [];
    const flow: SipFlow = {
      ...{ protocol: "UDP", remote: { host: "192.0.2.50", ...nat }, local: { host: "192.0.2.1", port: 5060 } },
      send: (bytes) => void answers.push(bytes),
    };
    const own = [
      ...[`Via: SIP/2.0/UDP 192.0.2.50:5062;branch=z9hG4bK${++count};rport`, "From: <sip:1001@pbx>;tag=1"],
      ...["Call-ID: one", `CSeq: ${count} ${method}`],
    ];
    const to = headers.some((line) => line.startsWith("To:")) ? [] : ["To: <sip:1001@pbx>"];
    registrar.listener.received(
      Buffer.from(`${method} ${uri} SIP/2.0\r\n${[...own, ...to, ...headers].join("\r\n")}\r\n\r\n`),
      flow,
    );
    const answer = answers[0] === undefined ? null : parseMessage(answers[0]);
    assert.ok(answer?.kind === "response");
    return answer;
  }
  /** With the credentials that the challenge asks for. */
  function register(headers: readonly string[], user = "1001", password = "one", challenged = send("REGISTER", [])) {
    const challenge = chooseDigest(parseAuthHeaders(headersOf(challenged, "WWW-Authenticate").join(", ")));
    assert.ok(challenge !== null);
    const answer = { username: user, password, method: "REGISTER", uri: URI, uses: 1, cnonce: "c" };
    return send("REGISTER", [...headers, `Authorization: ${digestCredentials(challenge, answer)}`]);
  }
  return { time, registrar, events, send, register, nat };
}

const CONTACT = "Contact: <sip:1001@192.0.2.50:5062;line=a>";

test("without credentials nothing changes, and both algorithms are offered", () => {
  const { registrar, send } = open();
  const answer = send("REGISTER", [CONTACT]);
  assert.equal(answer.status, 401);
  const offered = headersOf(answer, "WWW-Authenticate");
  assert.deepEqual(
    offered.map((line) => /algorithm=(\S+)/.exec(line)?.[1]),
    ["SHA-256", "MD5"],
  );
  assert.deepEqual(registrar.bindings.all(), []);
});

test("who has the password is in the table until the time is over, and no longer", async () => {
  const { time, registrar, register, events } = open();
  const answer = register([CONTACT, "Expires: 120"]);
  assert.equal(answer.status, 200);
  assert.deepEqual(listOf(answer, "Contact"), ["<sip:1001@192.0.2.50:5062;line=a>;expires=120"]);
  await time.advance(119_999);
  assert.equal(registrar.bindings.of("1001").length, 1);
  await time.advance(1);
  assert.deepEqual(registrar.bindings.all(), []);
  assert.deepEqual(events, [
    { kind: "registered", user: "1001", from: "UDP 192.0.2.50:5062", status: 200, expiresSeconds: 120 },
  ]);
});

test("RFC 3581: a phone whose NAT has given it another port is told so, and known by that port once it refreshes", () => {
  const { registrar, register, nat } = open();
  register([CONTACT, "Expires: 120"]);
  nat.port = 41_000;
  const answer = register([CONTACT, "Expires: 120"]);
  assert.match(headerOf(answer, "Via") ?? "", /;rport=41000;received=192\.0\.2\.50$/);
  const bindings = registrar.bindings.of("1001");
  assert.deepEqual(
    bindings.map(({ flow }) => flow.remote.port),
    [41_000],
  );
});

test("a wrong password and an unknown user are refused with the same answer", () => {
  const { registrar, register } = open();
  const [wrong, unknown] = [register([CONTACT], "1001", "no"), register([CONTACT], "9", "no")];
  assert.deepEqual([wrong.status, unknown.status], [401, 401]);
  assert.equal(wrong.headers.length, unknown.headers.length);
  assert.deepEqual(registrar.bindings.all(), []);
});

test("nobody registers as somebody else", () => {
  const { register } = open();
  assert.equal(register([CONTACT, "To: <sip:1002@pbx>"]).status, 403);
});

test("a nonce that is too old is called stale", async () => {
  const { time, send, register } = open();
  const challenged = send("REGISTER", []);
  await time.advance(300_000);
  const answer = register([CONTACT], "1001", "one", challenged);
  assert.equal(answer.status, 401);
  assert.match(headerOf(answer, "WWW-Authenticate") ?? "", /stale=true/);
});

test("too short a time is refused with the least that is kept, and too long a one is cut", () => {
  const { register } = open();
  const brief = register([CONTACT, "Expires: 59"]);
  assert.deepEqual([brief.status, headerOf(brief, "Min-Expires")], [423, "60"]);
  assert.match(headerOf(register([`${CONTACT};expires=99999`]), "Contact") ?? "", /;expires=3600$/);
});

test("expires 0 and the star take a phone off the table", () => {
  const { registrar, register } = open();
  register([CONTACT]);
  register(["Contact: <sip:1001@192.0.2.51>"]);
  assert.equal(registrar.bindings.of("1001").length, 2);
  register([`${CONTACT};expires=0`]);
  assert.equal(registrar.bindings.of("1001").length, 1);
  assert.equal(register(["Contact: *"]).status, 400);
  register(["Contact: *", "Expires: 0"]);
  assert.deepEqual(registrar.bindings.all(), []);
});

test("a rule refuses a user whatever the password", () => {
  const { send, events } = open({ refusal: (user) => (user === "1001" ? 403 : null) });
  assert.equal(send("REGISTER", [CONTACT]).status, 403);
  assert.equal(events[0]?.kind, "refused");
});

test("a caller is redirected to the phone, or told that nobody is there", () => {
  const { send, register } = open();
  assert.equal(send("INVITE", []).status, 404);
  register([CONTACT]);
  const moved = send("INVITE", [], "sip:1001@pbx");
  assert.deepEqual([moved.status, headerOf(moved, "Contact")], [302, "<sip:1001@192.0.2.50:5062;line=a>"]);
  assert.equal(send("OPTIONS", []).status, 200);
  assert.equal(send("MESSAGE", []).status, 405);
  assert.equal(send("REGISTER", ["Require: path"]).status, 420);
});

test("ten thousand phones that come in one second are all answered: who was answered before makes room", () => {
  const { send } = open();
  for (let count = 0; count < 10_000; count++) assert.equal(send("REGISTER", [CONTACT]).status, 401);
});
